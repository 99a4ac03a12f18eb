"""The training loop learns, resumes bit for bit, and refuses to go on from a number that is none."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from agent_forge.data.mixtures import Mixture
from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Stage
from agent_forge.training.loop import Recipe, train, train_step
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import Schedule, ponder_weight
from agent_forge.training.training_state import Training
from tests.data.texts import documents
from tests.phases.fake_context import FolderContext

STEPS = 12


@pytest.fixture(scope="module")
def sampler() -> Sampler:
    texts = documents(4)
    tokenizer = TextTokenizer.train(texts, 320)
    stream = torch.tensor([i for text in texts for i in tokenizer.encode(text)], dtype=torch.int32)
    return Sampler(stream, tokenizer, 24, 4, seed=1, steps=STEPS, mixture=Mixture("graded", 0.25))


def fresh(d_ff: int = 48) -> Training:
    arch = ArchConfig(d_model=32, num_layers=2, num_heads=2, d_ff=d_ff, vocab_size=320, window=12)
    config = ModelConfig(arch=arch, act=ActConfig(halt_bias=3.0), ltm=LtmConfig(dim=8, chunk=8))
    return Training.begin(TinyTitan(config).initialise(1), 0.1)


def recipe(tau: float = 0.02, peak: float = 0.01) -> Recipe:
    return Recipe(
        Schedule(peak, STEPS, 2, 0.1),
        0,
        STEPS,
        0.1,
        1.0,
        4,
        NextToken(lambda step: ponder_weight(tau, step, STEPS)),
    )


def context(root: Path) -> FolderContext:
    return FolderContext(root, Stage("base", "single", 1, None), {})


def weights(training: Training) -> dict[str, torch.Tensor]:
    return training.tensors()


def test_the_loss_falls_and_is_logged_every_n_steps(tmp_path: Path, sampler: Sampler) -> None:
    room = context(tmp_path)
    train(room, fresh(), sampler, recipe(), "training")
    assert [step for step, _ in room.tracker.trained] == [4, 8, 12]
    losses = [values["loss"] for _, values in room.tracker.trained]
    assert losses[-1] < losses[0] - 0.3


@pytest.mark.parametrize("stop_after", [1, 5, 11])
def test_a_preempted_training_resumes_to_bit_identical_weights_and_optimizer(
    tmp_path: Path, sampler: Sampler, stop_after: int
) -> None:
    # given
    whole = fresh()
    train(context(tmp_path / "whole"), whole, sampler, recipe(), "training")
    room = context(tmp_path / "parts")
    room.checkpoints.every_step = True
    room.checkpoints.stop_after_saves = stop_after
    with pytest.raises(ForgeError) as error:
        train(room, fresh(), sampler, recipe(), "training")
    assert error.value.kind == "preempted"
    # when: another process, nothing in memory but what the checkpoint holds
    room.checkpoints.every_step = False
    resumed = fresh()
    train(room, resumed, sampler, recipe(), "training")
    # then
    expected, found = weights(whole), weights(resumed)
    assert expected.keys() == found.keys()
    assert any(name.startswith("optimizer.exp_avg_sq.") for name in expected)
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []


def test_checkpointing_does_not_change_the_result(tmp_path: Path, sampler: Sampler) -> None:
    plain, saved = fresh(), fresh()
    room = context(tmp_path / "saved")
    room.checkpoints.every_step = True
    train(context(tmp_path / "plain"), plain, sampler, recipe(), "training")
    train(room, saved, sampler, recipe(), "training")
    assert room.checkpoints.saves == STEPS - 1
    assert all(torch.equal(t, weights(saved)[name]) for name, t in weights(plain).items())


def test_a_checkpoint_of_another_model_is_refused_and_its_tensors_are_named(
    tmp_path: Path, sampler: Sampler
) -> None:
    # given a checkpoint of a model whose blocks are wider
    room = context(tmp_path)
    room.checkpoints.every_step = True
    room.checkpoints.stop_after_saves = 2
    with pytest.raises(ForgeError):
        train(room, fresh(d_ff=64), sampler, recipe(), "training")
    # when
    with pytest.raises(ForgeError, match="do not fit the model") as caught:
        train(context(tmp_path), fresh(), sampler, recipe(), "training")
    # then
    assert caught.value.kind == "contract"
    assert all("ff" in name or "mlp" in name for name in caught.value.detail["misfits"])


def test_a_checkpoint_from_after_the_end_of_the_training_is_refused(tmp_path: Path, sampler: Sampler) -> None:
    room = context(tmp_path)
    room.checkpoints.every_step = True
    room.checkpoints.stop_after_saves = 8
    with pytest.raises(ForgeError):
        train(room, fresh(), sampler, recipe(), "training")
    shorter = replace(recipe(), last=6)
    with pytest.raises(ForgeError, match="taken after step 8") as caught:
        train(context(tmp_path), fresh(), sampler, shorter, "training")
    assert caught.value.kind == "contract"


def test_a_loss_that_is_not_finite_stops_before_the_weights_change(sampler: Sampler) -> None:
    training = fresh()
    with torch.no_grad():
        training.model.embedding.weight[40] = float("inf")
    before = training.model.blocks[0].attn.q.weight.clone()
    with pytest.raises(ForgeError, match="of step 3 is nan") as error:
        train_step(training, sampler.batch(3), recipe(), 3)
    assert error.value.kind == "numeric"
    assert torch.equal(before, training.model.blocks[0].attn.q.weight)


def test_a_ponder_cost_from_the_start_makes_the_model_stop_earlier(tmp_path: Path, sampler: Sampler) -> None:
    cheap, dear = fresh(), fresh()
    train(context(tmp_path / "cheap"), cheap, sampler, recipe(tau=0.0), "training")
    train(context(tmp_path / "dear"), dear, sampler, recipe(tau=20.0), "training")
    rows = sampler.batch(0).tokens
    with torch.no_grad():
        costs = [float(t.model(rows).cost_BT.mean()) for t in (cheap, dear)]
    assert costs[1] < costs[0] - 0.02


def test_gains_biases_and_step_embeddings_are_not_decayed() -> None:
    training = fresh()
    decayed, others = (group["params"] for group in training.optimizer.param_groups)
    names = {id(p): name for name, p in training.model.named_parameters()}
    assert {names[id(p)] for p in others} >= {
        "norm.weight",
        "act.halt.bias",
        "act.step_embedding",
        "ltm.gates.bias",
    }
    assert "embedding.weight" in {names[id(p)] for p in decayed}
    assert len(decayed) + len(others) == len(names)
