"""Phases 1 and 5 as a whole on a GPU."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from agent_forge.models.device import best_device
from agent_forge.models.folder import load_model
from tests.phases import test_training as phase_5
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


@pytest.mark.cuda
def test_phase_5_trains_on_cuda_in_bfloat16_with_every_mechanism_on(tmp_path: Path) -> None:
    torch.cuda.reset_peak_memory_stats()
    jobs = phase_5.run_stages(tmp_path, replace(phase_5.ON, precision="bfloat16"))
    assert torch.cuda.max_memory_allocated() > 1_000_000
    assert load_model(phase_5.published(jobs)).device.type == "cpu"
    assert jobs["train"].tracker.records["dreams/cycles"] == 2
    assert jobs["evaluate"].tracker.records["trained/gain"] > 0
