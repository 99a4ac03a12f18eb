"""The preset base-25m on a GPU in bf16: 200 steps that learn, within their time, resumed bit for bit."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from agent_forge.data.packing import Batch
from agent_forge.models.titan import TinyTitan
from agent_forge.phases.cognate.config import CognateConfig
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.objective import NextToken
from agent_forge.training.training_state import Training

STEPS, MOVED_AT, ROWS = 200, 190, 16
LIMIT_SECONDS = 240.0  # of the ten minutes that all tests on a GPU may take
CONFIG = replace(CognateConfig.preset("base-25m"), warmup_steps=20, steps=STEPS)
RECIPE = Recipe(CONFIG.schedule, 0, STEPS, 0.1, 1.0, 1, NextToken(lambda _: 0.02), torch.bfloat16)


def fresh() -> Training:
    return Training.begin(TinyTitan(CONFIG.model("", 1)).initialise(1).cuda(), CONFIG.weight_decay)


def repeating(step: int) -> Batch:
    """Rows whose second half repeats the first; other ones at each step, of few tokens."""
    generator = torch.Generator().manual_seed(step)
    half = torch.randint(32, 160, (ROWS, CONFIG.seq_len // 2), generator=generator)
    return Batch(torch.cat([half, half, half[:, :1]], dim=1), torch.ones(ROWS, CONFIG.seq_len))


@pytest.mark.cuda
def test_two_hundred_steps_of_base_25m_learn_and_resume_bit_for_bit(results: Path) -> None:
    # when
    training, losses, started, state = fresh(), [], time.monotonic(), {}
    for step in range(STEPS):
        if step == MOVED_AT:
            state = {name: tensor.clone() for name, tensor in training.tensors().items()}
        losses.append(train_step(training, repeating(step), RECIPE, step)["loss"])
        seconds = time.monotonic() - started
        assert seconds < LIMIT_SECONDS, f"{step + 1} of {STEPS} steps in {seconds:.0f} s"
    # then
    record = {"device": torch.cuda.get_device_name(0), "seconds": seconds, "losses": losses}
    (results / "base-25m-200-steps.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    assert sum(losses[-20:]) / 20 < sum(losses[:20]) / 20 - 1.0
    # when it goes on from a checkpoint in another model and optimizer
    resumed = fresh()
    resumed.restore(state)
    again = [train_step(resumed, repeating(step), RECIPE, step)["loss"] for step in range(MOVED_AT, STEPS)]
    # then
    assert again == losses[MOVED_AT:]
    expected, found = training.tensors(), resumed.tensors()
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
