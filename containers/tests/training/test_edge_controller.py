"""The controller keeps a learner at the edge: by the law, on a simulated learner, from a file."""

import json
import math
import random

import pytest
import torch

from agent_forge.data.packing import ANSWER_WEIGHT, Batch
from agent_forge.training.edge_controller import ALARM_STEPS, Edge, EdgeController, EdgeState
from tests.training.toy_training import fresh

EDGE = Edge()


def at(success: float, difficulty: float = 0.5) -> EdgeState:
    """One answer before a decision, with this running success."""
    return EdgeState(difficulty=difficulty, success=success, graded=EDGE.window - 1)


@pytest.mark.parametrize(
    ("case", "before", "right", "expected"),
    [
        ("in the middle of the band", at(0.65), 1, 0.5),
        ("just inside the band", at(0.72), 1, 0.5),
        # e = 0.1 + 0.9 * 0.8 - 0.65 = 0.17, times 0.2
        ("above the band", at(0.8), 1, 0.534),
        # e = 0.9 * 0.2 - 0.65 = -0.47: 0.2 e would be -0.094
        ("far below the band, at most a twentieth", at(0.2), 0, 0.45),
        ("never below the easiest", at(0.2, difficulty=0.02), 0, 0.0),
        ("never beyond the hardest", at(1.0, difficulty=0.99), 1, 1.0),
    ],
)
def test_a_decision_follows_the_law(case: str, before: EdgeState, right: int, expected: float) -> None:
    after = before.answered(EDGE, right, 1)
    assert after.difficulty == pytest.approx(expected, abs=1e-12), case
    assert (after.windows, after.graded) == (1, 0)


def test_nothing_is_decided_before_the_window_is_full_or_without_answers() -> None:
    state = EdgeState(difficulty=0.5).answered(EDGE, 0, EDGE.window - 1)
    assert (state.difficulty, state.windows) == (0.5, 0)
    assert state.answered(EDGE, 0, 0) is state


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("steepness", [4.0, 8.0])
def test_a_growing_learner_is_kept_in_the_band_without_swinging(seed: int, steepness: float) -> None:
    # given a learner that answers right with sigmoid(k (skill - D)), its skill growing; one that grows more
    # than .004 a window is too fast for moves of 0.2 e, which begin outside the band, and stays above it
    rng, edge = random.Random(seed), Edge(first=0.2)
    state, inside, windows = EdgeState(difficulty=edge.first), 0, 100
    # when
    while state.windows < windows:
        before = state
        skill = 0.3 + 0.003 * state.windows
        chance = 1 / (1 + math.exp(-steepness * (skill - state.difficulty)))
        state = state.answered(edge, sum(rng.random() < chance for _ in range(20)), 20)
        if state.windows > before.windows and before.windows >= 10:
            inside += abs(state.success - edge.target) <= edge.band  # type: ignore[operator]
    # then
    assert inside / (windows - 10) >= 0.8
    assert state.turns < 0.3 * max(1, state.moves)
    assert state.difficulty > edge.first


def test_without_control_the_same_learner_leaves_the_band() -> None:
    chance = 1 / (1 + math.exp(-8.0 * (1.0 - 0.2)))
    assert abs(chance - EDGE.target) > EDGE.band


def test_a_spike_of_the_gradient_makes_it_easier_at_once_and_slower_for_a_while() -> None:
    controller, training = EdgeController(Edge(first=0.5)), fresh()
    for step in range(12):
        controller.after(training, rows(0), step, {"gradient_norm": 1.0})
    assert controller.difficulty == 0.5
    controller.after(training, rows(0), 12, {"gradient_norm": 10.5})
    assert controller.difficulty == pytest.approx(0.4)
    factors = [controller.rate_factor(step) for step in (13, 12 + ALARM_STEPS, 13 + ALARM_STEPS)]
    assert factors == [0.5, 0.5, 1.0]


def test_a_step_that_was_not_finite_makes_it_easier() -> None:
    controller = EdgeController(Edge(first=0.5))
    controller.after(fresh(), rows(0), 0, None)
    assert controller.difficulty == pytest.approx(0.4)


def rows(graded: int) -> Batch:
    weights = torch.ones(4, 8)
    weights[:, :graded] = ANSWER_WEIGHT
    return Batch(torch.zeros(4, 9, dtype=torch.int64), weights)


def test_a_controller_that_was_saved_as_json_decides_like_one_that_was_not() -> None:
    one, other = (EdgeController(Edge(window=30)) for _ in range(2))
    rng, training = random.Random(3), fresh()
    for step in range(40):
        measured = {"gradient_norm": rng.random(), "graded": 3.0, "right": 3.0 * round(rng.random())}
        one.after(training, rows(3), step, measured)
        other.restore({}, json.loads(json.dumps(other.to_json())))
        other.after(training, rows(3), step, measured)
    assert one.state == other.state
    assert one.state.windows > 5
