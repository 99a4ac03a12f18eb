"""Tests marked `cuda` run on a CUDA machine under `npm run test:gpu`; elsewhere they are named as not run."""

import os
from pathlib import Path

import pytest
import torch

RESULTS = "FORGE_GPU_RESULTS"  # set by `npm run test:gpu`: the folder for what is measured


def without_cuda(devices: int = 1) -> str | None:
    """Why tests that need so many CUDA devices do not run, or None where they do."""
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if found < devices:
        return "no CUDA device" if found == 0 else f"{found} CUDA device, needs {devices}"
    return None if os.environ.get(RESULTS) else "started without npm run test:gpu"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cuda(devices=1): needs so many CUDA devices")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marked = [(item, item.get_closest_marker("cuda")) for item in items]
    reasons = {item: without_cuda(*mark.args) for item, mark in marked if mark is not None}
    left_out = {item: reason for item, reason in reasons.items() if reason is not None}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))
    config.stash[LEFT_OUT] = {item.name: reason for item, reason in left_out.items()}


LEFT_OUT = pytest.StashKey[dict[str, str]]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    for name, reason in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"not run: {name.removeprefix('test_')} ({reason})")


@pytest.fixture
def device() -> torch.device:
    """A CUDA device where one may be used, else the CPU."""
    return torch.device("cpu" if without_cuda() else "cuda:0")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Where measured figures are written."""
    folder = Path(os.environ.get(RESULTS, tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
