"""Shared by all tests of the container: one torch thread, fixed seeds, and a room for jobs."""

import os
import random
from pathlib import Path

import pytest
import torch

from tests.support.job_room import JobRoom

# What a job sets as well: without it CUDA's matrix products have no deterministic form.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
torch.set_num_threads(1)
# As every job runs: an operation without a deterministic form is an error.
torch.set_deterministic_debug_mode("error")


@pytest.fixture(autouse=True)
def _same_seed_for_every_test() -> None:
    """A test's numbers never depend on which tests ran before it."""
    random.seed(0)
    torch.manual_seed(0)


@pytest.fixture
def room(tmp_path: Path) -> JobRoom:
    """An empty room for one job."""
    return JobRoom(tmp_path)


@pytest.fixture(scope="session")
def traced_toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a toy's `model/` and its graph in `fp32/`; once for all, tracing takes ten seconds."""
    from tests.graphs.toys import write_model, write_toy_graph

    root = tmp_path_factory.mktemp("graphs")
    write_toy_graph(write_model(root / "model"), root / "fp32")
    return root
