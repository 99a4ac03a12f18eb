"""Tests marked `cuda` run on a CUDA machine under `npm run test:gpu`; elsewhere they are named as not run."""

import os
from pathlib import Path

import pytest
import torch

RESULTS = "FORGE_GPU_RESULTS"  # set by `npm run test:gpu`: the folder for what is measured


def without_cuda() -> str | None:
    """Why tests marked `cuda` do not run, or None where they do."""
    if not torch.cuda.is_available():
        return "no CUDA device"
    return None if os.environ.get(RESULTS) else "started without npm run test:gpu"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cuda: needs a CUDA device")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if without_cuda() is None:
        return
    left_out = [item for item in items if item.get_closest_marker("cuda")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    config.stash[LEFT_OUT] = [item.name for item in left_out]


LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    for name in config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(f"not run: {name.removeprefix('test_')} ({without_cuda()})")


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
