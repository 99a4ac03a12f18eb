"""Training on the best device: bf16 against fp32, CUDA against CPU, checkpoints across, speed."""

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
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training
from tests.gpu.toy_training import toy_batch, toy_model, trained

CPU = torch.device("cpu")
SCHEDULE = Schedule(0.003, 4, 2, 0.1)  # that of trained(device, 4)
SPEED_STEPS, SPEED_ROWS = 20, 16


def losses(steps: list[dict[str, float]]) -> list[float]:
    return [step["loss"] for step in steps]


def test_a_bf16_step_starts_from_the_loss_of_fp32_and_goes_where_it_goes(device: torch.device) -> None:
    # when
    full, full_steps = trained(device, 6)
    half, half_steps = trained(device, 6, torch.bfloat16)
    # then: 8 bits of mantissa are about 4e-3 a product
    assert losses(half_steps) == pytest.approx(losses(full_steps), rel=2e-2)
    assert losses(half_steps) != losses(full_steps)
    before = toy_model(device).state_dict()
    moved = [
        torch.cat([(model.state_dict()[name] - before[name]).flatten() for name in before])
        for model in (full.model, half.model)
    ]
    assert float(torch.cosine_similarity(*moved, dim=0)) > 0.8


def test_weights_optimizer_and_halting_stay_in_fp32_under_bf16(device: torch.device) -> None:
    training, _ = trained(device, 2, torch.bfloat16)
    assert {tensor.dtype for tensor in training.tensors().values()} == {torch.float32}
    with torch.autocast(device.type, torch.bfloat16):
        output = training.model(toy_batch(0).tokens.to(device))
    assert output.cost_BT.dtype == torch.float32
    assert output.state.memory is not None
    assert {weight.dtype for weight in output.state.memory.weights} == {torch.float32}


def test_a_training_that_moves_through_its_checkpoint_goes_on_as_if_it_had_not(device: torch.device) -> None:
    # given four steps, and the same with a move through the CPU after two
    whole, _ = trained(device, 4)
    recipe = Recipe(SCHEDULE, 0, 4, 0.1, 1.0, 1, NextToken(lambda _: 0.01))
    first = Training.begin(toy_model(device), 0.1)
    for step in (0, 1):
        train_step(first, toy_batch(step), recipe, step)
    second = Training.begin(toy_model(device), 0.1)
    second.restore(first.tensors())
    # when
    for step in (2, 3):
        train_step(second, toy_batch(step), recipe, step)
    # then
    expected, found = whole.tensors(), second.tensors()
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []


@pytest.mark.cuda
def test_training_steps_on_cuda_equal_those_of_the_cpu() -> None:
    here, here_steps = trained(CPU, 3)
    there, there_steps = trained(torch.device("cuda:0"), 3)
    assert losses(there_steps) == pytest.approx(losses(here_steps), rel=1e-3)
    for name, tensor in there.model.state_dict().items():
        # Adam's first steps are signs: entries whose gradient is rounding noise may go either way.
        near = torch.isclose(tensor.cpu(), here.model.state_dict()[name], rtol=1e-2, atol=2e-3)
        assert float(near.float().mean()) > 0.97, name


@pytest.mark.cuda
def test_a_checkpoint_of_cuda_resumes_on_the_cpu() -> None:
    training, _ = trained(torch.device("cuda:0"), 2)
    resumed = Training.begin(toy_model(CPU), 0.1)
    resumed.restore(training.tensors())
    recipe = Recipe(SCHEDULE, 0, 4, 0.1, 1.0, 1, NextToken(lambda _: 0.01))
    on_cpu = train_step(resumed, toy_batch(2), recipe, 2)["loss"]
    on_cuda = train_step(training, toy_batch(2), recipe, 2)["loss"]
    assert on_cpu == pytest.approx(on_cuda, rel=1e-3)


@pytest.mark.cuda
def test_the_same_seed_gives_the_same_bits_on_the_same_gpu() -> None:
    one, two = (trained(torch.device("cuda:0"), 3)[0].tensors() for _ in range(2))
    assert [name for name in one if not torch.equal(one[name], two[name])] == []


@pytest.mark.cuda
def test_twenty_steps_of_base_25m_learn_and_their_speed_is_recorded(results: Path) -> None:
    # given rows that repeat themselves, at the preset's length
    config = replace(CognateConfig.preset("base-25m"), warmup_steps=5, steps=SPEED_STEPS)
    model = TinyTitan(config.model("", 1)).initialise(1).cuda()
    training = Training.begin(model, config.weight_decay)
    recipe = Recipe(config.schedule, 0, SPEED_STEPS, 0.1, 1.0, 1, NextToken(lambda _: 0.02), torch.bfloat16)
    half = torch.randint(
        32, 4096, (SPEED_ROWS, config.seq_len // 2), generator=torch.Generator().manual_seed(1)
    )
    batch = Batch(torch.cat([half, half, half[:, :1]], dim=1), torch.ones(SPEED_ROWS, config.seq_len))
    # when
    steps, started = [], 0.0
    for step in range(SPEED_STEPS):
        if step == 2:  # kernels are loaded by then
            torch.cuda.synchronize()
            started = time.monotonic()
        steps.append(train_step(training, batch, recipe, step))
    torch.cuda.synchronize()
    seconds = time.monotonic() - started
    # then
    tokens = (SPEED_STEPS - 2) * SPEED_ROWS * config.seq_len
    record = {
        "preset": "base-25m", "device": torch.cuda.get_device_name(0), "torch": torch.__version__,
        "precision": "bfloat16", "steps": SPEED_STEPS, "rows": SPEED_ROWS, "sequence": config.seq_len,
        "tokens": tokens, "seconds": seconds, "tokens_per_second": tokens / seconds, "losses": losses(steps),
        "peak_bytes": torch.cuda.max_memory_allocated(),
    }  # fmt: skip
    (results / "base-25m.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    assert losses(steps)[-1] < losses(steps)[0] - 1.0
    assert record["tokens_per_second"] > 0
