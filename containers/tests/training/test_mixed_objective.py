"""Every part of phase 5's loss can be switched off, and each does to the gradient what it says."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig, QuantConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.mixed_batches import MixedBatch
from agent_forge.training.mixed_objective import MixedObjective, heated
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import Schedule
from agent_forge.training.self_model import SelfModel, SelfModelHead, participation_ratio, tap
from agent_forge.training.training_state import Training

ARCH = ArchConfig(d_model=16, num_layers=3, num_heads=2, d_ff=24, vocab_size=320, window=8)
CONFIG = ModelConfig(
    arch=ARCH, act=ActConfig(n_max=3), ltm=LtmConfig(dim=8, chunk=4), quant=QuantConfig(enabled=True)
)
TAU = 0.02


def model(seed: int = 1) -> TinyTitan:
    return TinyTitan(CONFIG).initialise(seed)


def batch(step: int = 0, dreams: int = 0) -> MixedBatch:
    generator = torch.Generator().manual_seed(step)
    weights = torch.rand(5, 12, generator=generator) + 0.1
    tokens = torch.randint(6, 320, (5, 13), generator=generator)
    graded = torch.zeros(5, 12, dtype=torch.bool)
    graded[:2, 3] = True
    return MixedBatch(tokens, weights, graded, torch.arange(5) >= 5 - dreams)


def recipe(objective: Any) -> Recipe:
    return Recipe(Schedule(0.01, 10, 1, 0.1), 0, 10, 0.1, 1.0, 1, objective)


def trained(
    objective: MixedObjective | NextToken, head: SelfModelHead | None = None, steps: int = 3
) -> Training:
    training = Training.begin(model(), 0.1, None, head)
    for step in range(3):
        train_step(training, batch(step), recipe(objective), step)
    return training


def weights(training: Training) -> dict[str, torch.Tensor]:
    return {n: t for n, t in training.own_tensors().items() if not n.startswith(("beside.", "optimizer."))}


def same(one: Training, other: Training) -> bool:
    here, there = weights(one), weights(other)
    return all(torch.equal(here[name], there[name]) for name in here)


def self_model(weight: float = 1.0, **detached: bool) -> tuple[MixedObjective, SelfModelHead]:
    head = SelfModelHead(16, 5)
    part = SelfModel(head=head, weight=weight, ramp=2, **detached)
    return MixedObjective(tau=lambda _: TAU, self_model=part), head


def test_with_everything_off_it_is_next_token_training_bit_by_bit() -> None:
    assert same(trained(MixedObjective(tau=lambda _: TAU)), trained(NextToken(lambda _: TAU)))


def test_a_pure_probe_leaves_every_bit_of_the_trunk_where_it_was_and_still_learns() -> None:
    objective, head = self_model(20.0, detach_target=True, detach_input=True)
    before = [parameter.detach().clone() for parameter in head.parameters()]
    probed = trained(objective, head)
    assert same(probed, trained(MixedObjective(tau=lambda _: TAU)))
    assert all(not torch.equal(a, b) for a, b in zip(before, head.parameters(), strict=True))


@pytest.mark.parametrize("detached", [{}, {"detach_target": True}, {"detach_input": True}])
def test_any_gradient_that_is_left_changes_the_trunk(detached: dict[str, bool]) -> None:
    assert not same(trained(*self_model(1.0, **detached)), trained(MixedObjective(tau=lambda _: TAU)))


def test_the_targets_gradient_reaches_the_trunk_unless_detached_and_the_head_always_learns() -> None:
    # given: the error alone, its gradient by block
    found = {}
    for detach in (False, True):
        objective, head = self_model(1.0, detach_target=detach, detach_input=True)
        part = objective.self_model
        assert part is not None
        titan = model()
        with tap(titan) as tapped:
            output = titan(batch().tokens[:, :-1])
        part.error(output.hidden_BTD, tapped[0])[0].backward()
        found[detach] = titan.embedding.weight.grad
        assert head[0].weight.grad is not None
    # then: with both detached nothing reaches the trunk, with the input detached the target's does
    assert found[True] is None
    assert found[False] is not None
    assert float(found[False].abs().sum()) > 0


def test_the_tapped_state_is_the_one_behind_the_middle_block() -> None:
    titan = model().eval()
    with tap(titan) as tapped:
        titan(batch().tokens[:, :-1])
    assert len(tapped) == 1
    assert tapped[0].shape == (5, 12 + CONFIG.ltm.persistent, 16)
    assert titan.blocks[1]._forward_hooks == {}


def test_a_model_of_one_layer_has_no_state_to_predict() -> None:
    small = TinyTitan(replace(CONFIG, arch=replace(ARCH, num_layers=1)))
    with pytest.raises(ValueError, match="at least 2"), tap(small):
        pass


def test_the_participation_ratio_counts_directions() -> None:
    assert participation_ratio(
        torch.randn(4000, 4, generator=torch.Generator().manual_seed(1))
    ) == pytest.approx(4.0, rel=0.02)
    line = torch.randn(50, 1) @ torch.randn(1, 6)
    assert participation_ratio(line) == pytest.approx(1.0, abs=1e-3)


def test_the_weight_of_the_self_model_grows_over_its_ramp() -> None:
    part = SelfModel(head=SelfModelHead(4, 1), weight=0.4, ramp=4)
    assert [part.weight_at(step) for step in (0, 1, 3, 9)] == pytest.approx([0.1, 0.2, 0.4, 0.4])


def test_a_wide_head_is_of_low_rank() -> None:
    assert [tuple(layer.weight.shape) for layer in SelfModelHead(640, 1)] == [(64, 640), (640, 64)]


def test_dreams_cost_nothing_where_the_model_says_what_its_teacher_said() -> None:
    titan = model()
    losses = MixedObjective(tau=lambda _: TAU, teacher=titan)(titan, batch(dreams=2), 0)
    assert losses.measured["dream_loss"] == pytest.approx(0.0, abs=1e-6)


def test_the_divergence_of_dreams_is_the_sum_over_the_vocabulary() -> None:
    # given
    student, teacher, mixed = model(1), model(2), batch(dreams=2)
    # when
    found = MixedObjective(tau=lambda _: TAU, teacher=teacher)(student, mixed, 0)
    # then: the closed form, token by token
    p, q = (m(mixed.tokens[3:, :-1]).logits_BTV.double().softmax(-1) for m in (teacher, student))
    expected_RT = (p * (p.log() - q.log())).sum(-1)
    assert found.measured["dream_loss"] == pytest.approx(float(expected_RT.detach().mean()), rel=1e-5)
    nll = torch.nn.functional.cross_entropy(
        student(mixed.tokens[:3, :-1]).logits_BTV.flatten(0, 1),
        mixed.tokens[:3, 1:].flatten(),
        reduction="none",
    )
    whole = torch.cat([nll.double(), expected_RT.flatten()])
    wanted = (whole * mixed.weights_BT.flatten()).sum() / mixed.weights_BT.sum()
    assert float(found.weighted.detach()) == pytest.approx(float(wanted.detach()), rel=1e-5)


def test_answers_are_graded_by_the_first_choice() -> None:
    titan, mixed = model(), batch()
    choice = titan(mixed.tokens[:, :-1]).logits_BTV.argmax(-1)
    mixed.tokens[0, 4] = choice[0, 3]  # the target of place 3
    mixed.tokens[1, 4] = (choice[1, 3] + 1) % 320
    measured = MixedObjective(tau=lambda _: TAU)(titan, mixed, 0).measured
    assert (measured["graded"] * 5, measured["right"] * 5) == pytest.approx((2, 1))


@pytest.mark.parametrize(
    ("start", "steps", "step", "expected"),
    [(2.0, 10, 0, 2.0), (2.0, 10, 5, 1.5), (2.0, 10, 10, 1.0), (0.5, 4, 2, 0.75), (1.0, 10, 3, 1.0)],
)
def test_the_temperature_comes_linearly_to_one(start: float, steps: int, step: int, expected: float) -> None:
    assert heated(start, steps)(step) == expected


def test_heat_flattens_the_softmax_of_the_loss() -> None:
    titan, mixed = model(), batch()
    hot = MixedObjective(tau=lambda _: TAU, temperature=lambda _: 1e6)(titan, mixed, 0)
    assert float(hot.weighted) == pytest.approx(math.log(320), rel=1e-4)
