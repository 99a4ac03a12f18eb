"""E5's text is real, split and the same everywhere; its arms differ in what they say they differ in."""

import pytest
import torch

from agent_forge.experiments.runner import run_experiment
from agent_forge.experiments.ternary_training.experiment import EXPERIMENT
from agent_forge.experiments.ternary_training.text import byte_stream, rows
from agent_forge.experiments.ternary_training.training import bits_per_byte, build, trained
from agent_forge.models.ternary import TernaryLinear

CI = EXPERIMENT.budgets["ci"]
BUDGET = tuple(sorted((key, float(value)) for key, value in CI.items()))
TIMED = {"packed_ms", "fp32_ms", "speed_ratio", "speed_ratio_least"}


def test_no_held_out_text_is_trained_on() -> None:
    train, held_out = (bytes(byte_stream(side).tolist()) for side in ("train", "held_out"))
    assert len(train) > 1_400_000
    assert len(held_out) > 45_000
    assert not any(held_out[place : place + 80] in train for place in range(0, len(held_out) - 80, 997))


def test_a_row_is_the_text_at_its_place() -> None:
    stream = torch.arange(100, dtype=torch.uint8)
    assert rows(stream, torch.tensor([3, 50]), 4).tolist() == [[3, 4, 5, 6, 7], [50, 51, 52, 53, 54]]


def test_rounding_changes_no_master_and_training_changes_all() -> None:
    fp, ptq, qat = (trained(kind, BUDGET, 1) for kind in ("fp", "ptq", "qat"))
    assert all(torch.equal(a, b) for a, b in zip(fp.parameters(), ptq.parameters(), strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(fp.parameters(), qat.parameters(), strict=True))
    kinds = [any(isinstance(m, TernaryLinear) for m in model.modules()) for model in (fp, ptq, qat)]
    assert kinds == [False, True, True]


def test_an_untrained_model_needs_about_eight_bits_for_a_byte() -> None:
    assert bits_per_byte(build(ternary=False).initialise(1), CI) == pytest.approx(8.0, abs=0.5)


def test_running_it_again_measures_the_same_but_for_times() -> None:
    measured = []
    for _ in range(2):
        trained.cache_clear()
        record = run_experiment(EXPERIMENT, "ci", [5], lambda _: None)
        measured.append([
            {name: value for name, value in arm["results"][0]["measures"].items() if name not in TIMED}
            for arm in record["arms"]
        ])  # fmt: skip
    assert measured[0] == measured[1]
