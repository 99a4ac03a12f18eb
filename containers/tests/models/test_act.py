"""Graves' halting rule, in its masked and its compacted form."""

import pytest
import torch
from torch import Tensor

from agent_forge.models.act import AdaptiveComputation, Pondered
from agent_forge.models.config import ActConfig

WIDTH = 8


def unit(n_max: int, bias: float = 0.0, spread: float = 2.0) -> AdaptiveComputation:
    act = AdaptiveComputation(ActConfig(n_max=n_max), WIDTH)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        act.halt.weight.normal_(0.0, spread, generator=generator)
        act.halt.bias.fill_(bias)
        act.step_embedding.normal_(0.0, 1.0, generator=generator)
    return act


def refine(s: Tensor, rows: Tensor | None) -> Tensor:
    return torch.tanh(1.5 * s.roll(1, dims=-1)) + 0.1 * s


def states(batch: int = 3, length: int = 7) -> Tensor:
    return torch.randn(batch, length, WIDTH, generator=torch.Generator().manual_seed(11))


def ponder_one(act: AdaptiveComputation, x: Tensor) -> tuple[Tensor, float, int]:
    """Section 2.1 for a single token, literally."""
    state, halts, results = x, [], []
    for step in range(act.config.n_max):
        state = refine(state + act.step_embedding[step], None)
        halts.append(float(torch.sigmoid(act.halt(state)).detach()))
        results.append(state)
        if sum(halts) >= 1 - act.config.eps:
            break
    remainder = 1.0 - sum(halts[:-1])
    weights = [*halts[:-1], remainder]
    mixed = sum(w * r for w, r in zip(weights, results, strict=True))
    return mixed, len(halts) + remainder, len(halts)


@pytest.mark.parametrize("n_max", [1, 2, 6])
@pytest.mark.parametrize("bias", [-6.0, 0.0, 6.0])
def test_the_halting_weights_of_every_token_sum_to_one(n_max: int, bias: float) -> None:
    pondered: Pondered = unit(n_max, bias)(states(), refine, compact=False)
    torch.testing.assert_close(pondered.weights_BTN.sum(-1), torch.ones(3, 7), rtol=0, atol=1e-6)


@pytest.mark.parametrize("compact", [False, True])
def test_masked_and_compacted_pondering_equal_the_rule_applied_to_one_token(compact: bool) -> None:
    # given
    act, x = unit(6), states()
    # when
    pondered = act(x, refine, compact)
    # then: tokens stop at different steps, and each as it would alone
    assert len(set(pondered.steps_BT.flatten().tolist())) > 2
    for b in range(3):
        for t in range(7):
            mixed, cost, steps = ponder_one(act, x[b, t])
            torch.testing.assert_close(pondered.state_BTD[b, t], mixed, rtol=1e-5, atol=1e-5)
            assert float(pondered.cost_BT[b, t].detach()) == pytest.approx(cost, abs=1e-5)
            assert int(pondered.steps_BT[b, t]) == steps


def test_compacted_pondering_hands_only_running_tokens_to_the_block() -> None:
    sizes = []

    def counting(s: Tensor, rows: Tensor | None) -> Tensor:
        sizes.append(s.shape[1] if rows is None else rows.shape[1])
        return refine(s, rows)

    pondered = unit(6)(states(batch=1), counting, compact=True)
    running = [int((pondered.steps_BT > step).sum()) for step in range(len(sizes))]
    assert sizes == running
    assert sizes[-1] < sizes[0]


def test_a_token_that_never_wants_to_halt_stops_at_the_limit() -> None:
    pondered = unit(4, bias=-20.0, spread=0.0)(states(), refine, compact=False)
    assert (pondered.steps_BT == 4).all()


def test_the_cost_pushes_the_halting_probability_up_before_the_last_step_and_not_at_it() -> None:
    # given: halting units under our control, two steps, no token reaches the threshold at the first
    act = unit(2, spread=0.0)
    h = torch.zeros(1, 1, requires_grad=True)
    pondered = act(states(1, 1) * 0 + h[..., None], lambda s, rows: s, compact=False)
    # when
    gradient = torch.autograd.grad(pondered.cost_BT.sum(), act.halt.bias)[0]
    # then: d rho / d h^1 = -1 and nothing from step 2, h = .5 so dh/dbias = .25
    assert float(gradient) == pytest.approx(-0.25, abs=1e-6)
