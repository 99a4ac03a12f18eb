"""Crossover and mutation of numbers: inside their bounds, around their parents."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_forge.evolution.variation import crossed, mutated

BOUNDS = (-1.0, 3.0)
inside = st.floats(*BOUNDS)


@given(st.integers(0, 2**31), inside, inside, st.floats(1, 100))
@settings(max_examples=200, deadline=None)
def test_no_child_leaves_the_bounds(seed: int, a: float, b: float, eta: float) -> None:
    rng = Random(seed)
    for value in (crossed(rng, a, b, BOUNDS, eta), mutated(rng, a, BOUNDS, eta)):
        assert BOUNDS[0] <= value <= BOUNDS[1]


def test_children_of_equal_parents_are_equal_to_them() -> None:
    assert all(crossed(Random(seed), 0.4, 0.4, BOUNDS, 15) == 0.4 for seed in range(20))


def test_crossover_keeps_the_mean_of_its_parents() -> None:
    rng = Random(3)
    children = [crossed(rng, 0.9, 1.1, BOUNDS, 15) for _ in range(4000)]
    assert sum(children) / len(children) == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize(("eta", "widest"), [(20, 0.6), (100, 0.15)])
def test_a_larger_index_stays_closer(eta: float, widest: float) -> None:
    rng = Random(4)
    steps = sorted(abs(mutated(rng, 1.0, BOUNDS, eta) - 1.0) for _ in range(2000))
    assert 0 < steps[1000] < widest / 2
    assert steps[1900] < widest
