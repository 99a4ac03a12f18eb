"""The volume against a count of grid cells, which needs no algorithm."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_forge.evolution.hypervolume import hypervolume
from agent_forge.evolution.pareto import Objectives

SIDE = 4


def counted(points: list[Objectives], objectives: int) -> float:
    """Unit cells of the box of side 4 whose lower corner some point dominates or equals."""
    cells = itertools.product(range(SIDE), repeat=objectives)
    return float(
        sum(any(all(x <= c for x, c in zip(p, cell, strict=True)) for p in points) for cell in cells)
    )


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
def test_it_is_the_number_of_cells_that_are_dominated(objectives: int) -> None:
    coordinate = st.integers(0, SIDE + 1).map(float)

    @given(st.lists(st.tuples(*[coordinate] * objectives), max_size=9))
    @settings(max_examples=60, deadline=None)
    def holds(points: list[Objectives]) -> None:
        assert hypervolume(points, [float(SIDE)] * objectives) == counted(points, objectives)

    holds()


@given(st.lists(st.tuples(*[st.floats(0, 3)] * 4), min_size=1, max_size=10))
@settings(max_examples=60, deadline=None)
def test_it_never_falls_when_a_point_comes_and_does_not_depend_on_their_order(
    points: list[Objectives],
) -> None:
    reference = (2.0, 2.0, 2.0, 2.0)
    volumes = [hypervolume(points[:count], reference) for count in range(len(points) + 1)]
    assert all(after >= before - 1e-9 for before, after in itertools.pairwise(volumes))
    assert hypervolume(points[::-1], reference) == pytest.approx(volumes[-1], abs=1e-9)


def test_the_base_alone_has_the_volume_one() -> None:
    assert hypervolume([(1.0, 1.0, 1.0, 1.0)], (2.0, 2.0, 2.0, 2.0)) == 1.0


def test_what_is_outside_the_box_adds_nothing() -> None:
    assert hypervolume([(0.0, 2.0), (3.0, 0.0)], (2.0, 2.0)) == 0.0
