"""REINFORCE on thoughts: its gradient is that of the expected reward, counted out over every thought."""

import math
from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import Tensor

from agent_forge.data.packing import Batch
from agent_forge.models.config import ActConfig, LtmConfig, ThoughtConfig
from agent_forge.models.thinking import select_places, talk, thought_of, trace_text, with_thoughts
from agent_forge.models.titan import TinyTitan
from agent_forge.training.thought_objective import ThoughtObjective, following, rewards
from tests.models.reference import pico_config

THOUGHT = ThoughtConfig(
    enabled=True, start_id=3, end_id=4, n_thought=2, n_true=2, mix="log-probs", every=6
)  # fmt: skip


def thinker(first_weight: float = 0.5, **blocks: object) -> TinyTitan:
    plain = TinyTitan(pico_config(**blocks)).initialise(5)
    marks = torch.randn(2, 16, generator=torch.Generator().manual_seed(1))
    return with_thoughts(plain, THOUGHT, marks, 2, first_weight)


def batch(rows: int = 2, length: int = 12) -> Batch:
    tokens = torch.randint(8, 64, (rows, length + 1), generator=torch.Generator().manual_seed(9))
    return Batch(tokens, torch.ones(rows, length))


def test_a_reward_is_what_a_thought_gives_beyond_the_other_thoughts_of_its_place() -> None:
    talk_BPS = torch.tensor([[[-1.0, -3.0, -5.0]], [[-20.0, -2.0, -2.0]]], requires_grad=True)
    found = rewards(talk_BPS, 5.0)
    expected = torch.tensor([[[3.0, 0.0, 0.0]], [[0.0, 5.0, 5.0]]])
    torch.testing.assert_close(found, expected)
    assert not found.requires_grad
    assert torch.equal(rewards(talk_BPS[..., :1], 5.0), torch.zeros(2, 1, 1))


def test_the_policy_gradient_is_that_of_the_expected_clipped_reward_over_all_thoughts() -> None:
    """Brute force: both thoughts of a place take each of their values, weighted by their probability."""
    # given one place and a model that can think three words only, two tokens long
    model = thinker(ltm=LtmConfig(enabled=False), act=ActConfig(enabled=False)).double()
    tokens = batch(1).tokens
    words = [10, 11, 12]
    thoughts = torch.tensor(list(product(words, repeat=2)))
    place = torch.tensor([[5]])

    def scored() -> tuple[Tensor, Tensor]:
        trace = trace_text(model, tokens[:, :-1])
        places = place.expand(1, len(thoughts))
        said = talk(model, trace, places, thoughts[None], following(tokens, places, model))
        own = said.own_BMt.sum(-1)[0]
        return own - own.logsumexp(0), said.talk_BMn.sum(-1)[0].detach()

    # when the expectation of r(i | j) over pairs is differentiated with respect to the first thought's policy
    log_policy, value = scored()
    clipped = (value[:, None] - value[None, :]).clamp(0.0, 5.0)
    chance = log_policy.detach().exp()
    marks = thought_of(model).marks
    (expected,) = torch.autograd.grad(-(log_policy.exp() * (clipped @ chance)).sum(), marks)
    # then the objective's estimate, averaged over every pair with its probability, is the same
    log_policy, value = scored()
    total = torch.zeros(())
    for i, j in product(range(len(thoughts)), repeat=2):
        reward = rewards(value[[i, j]][None, None], 5.0)[0, 0, 0]
        total = total - chance[i] * chance[j] * reward * log_policy[i]
    (total,) = torch.autograd.grad(total, marks)
    torch.testing.assert_close(total, expected, rtol=1e-4, atol=1e-7)


def test_the_objective_is_the_sum_of_its_parts_worked_out_one_by_one() -> None:
    model, data = thinker(), batch()
    fixed = torch.randint(8, 64, (2, 4, 2), generator=torch.Generator().manual_seed(3))
    objective = ThoughtObjective(
        seed=1, policy_weight=0.7, quiet_weight=0.3, tau=0.1, think=lambda *_: fixed[:, :2]
    )
    losses = objective(model, data, 0)
    trace = trace_text(model, data.tokens[:, :-1])
    places, _ = select_places(THOUGHT, trace.logits_BTV)
    assert places.tolist() == [[5]] * 2
    nll = policy = torch.zeros(())
    log_probs = model(data.tokens[:, :-1]).logits_BTV.log_softmax(-1)
    for row in range(2):
        true = data.tokens[row, 6:8]
        said = talk(
            model,
            trace,
            places.expand(2, 2),
            fixed[:, :2],
            following(data.tokens, places.expand(2, 2), model),
        )
        value = said.talk_BMn[row].sum(-1)
        for one, other in ((0, 1), (1, 0)):
            nll = nll - value[one] / (4 * len(true))
            reward = min(5.0, max(0.0, float((value[one] - value[other]).detach())))
            policy = policy - reward * said.own_BMt[row, one].sum() / 4
    quiet = -log_probs.gather(-1, data.tokens[:, 1:, None]).mean()
    torch.testing.assert_close(losses.weighted, nll + 0.3 * quiet, rtol=1e-4, atol=1e-5)
    assert losses.by_row is not None
    torch.testing.assert_close(losses.by_row, 0.7 * policy + 0.1 * trace.cost_BT.mean(), rtol=1e-4, atol=1e-5)


def test_thoughts_depend_on_seed_and_step_alone() -> None:
    model, data = thinker(), batch()
    found = [
        ThoughtObjective(seed=s)(model, data, step).weighted.item()
        for s, step in ((1, 7), (1, 7), (1, 8), (2, 7))
    ]
    assert found[0] == found[1]
    assert len(set(found)) == 3


def test_places_below_the_threshold_teach_nothing() -> None:
    model, data = thinker(), batch()
    hard = replace(THOUGHT, select="hard", threshold=math.log(64) + 1)
    silent = with_thoughts(model, hard, thought_of(model).marks.detach(), 2, 0.5)
    losses = ThoughtObjective(seed=1, quiet_weight=0.0)(silent, data, 0)
    assert losses.weighted.item() == 0.0
    assert losses.measured["policy_loss"] == 0.0


@pytest.mark.parametrize("samples", [2, 3])
def test_a_better_thought_becomes_likelier(samples: int) -> None:
    # given a place where one of the sampled thoughts is better than the others
    torch.manual_seed(0)
    model, data = thinker(), batch(1)
    drawn = torch.randint(8, 64, (1, samples, 2), generator=torch.Generator().manual_seed(5))
    objective = ThoughtObjective(seed=1, samples=samples, policy_weight=50.0, think=lambda *_: drawn)

    def likelihood() -> tuple[int, float]:
        with torch.no_grad():
            trace = trace_text(model, data.tokens[:, :-1])
            places = torch.full((1, samples), 5)
            said = talk(model, trace, places, drawn, following(data.tokens, places, model))
        best = int(said.talk_BMn.sum(-1).argmax())
        return best, float(said.own_BMt[0, best].sum())

    best, before = likelihood()
    # when
    optimizer = torch.optim.SGD([thought_of(model).marks], lr=0.5)
    for _ in range(3):
        losses = objective(model, data, 0)
        optimizer.zero_grad()
        assert losses.by_row is not None
        losses.by_row.backward()
        optimizer.step()
    # then
    after = likelihood()
    assert after[0] == best
    assert after[1] > before
