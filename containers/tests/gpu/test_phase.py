"""Phase 1 as a whole on a GPU."""

from pathlib import Path

import pytest
import torch

from agent_forge.models.device import best_device
from agent_forge.models.folder import load_model
from tests.phases.test_cognate import NAMES, run_stages


def test_the_best_device_is_cuda_where_there_is_one() -> None:
    assert best_device() == torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


@pytest.mark.cuda
def test_phase_1_trains_on_cuda_and_publishes_models_that_load_on_the_cpu(tmp_path: Path) -> None:
    torch.cuda.reset_peak_memory_stats()
    evaluate = run_stages(tmp_path)["evaluate"]
    assert torch.cuda.max_memory_allocated() > 1_000_000
    for name in NAMES:
        assert load_model(evaluate.output / "models" / name).device.type == "cpu"
    assert evaluate.tracker.records["average/bits_per_byte"] < 8.0
