"""Non-dominated sorting and crowding against the definition, read off pair by pair."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_forge.evolution.pareto import Objectives, crowding, dominates, fronts, order, ranks

Entries = list[Objectives | None]


def entries(objectives: int = 3) -> st.SearchStrategy[Entries]:
    # Few different values: equal entries and ties are where sorting goes wrong.
    value = st.integers(0, 4).map(float)
    return st.lists(st.none() | st.tuples(*[value] * objectives), min_size=1, max_size=14)


def peeled(found: Entries) -> list[list[int]]:
    """Fronts by their definition: again and again those that nobody left dominates."""
    left, peels = list(range(len(found))), []
    while left:
        front = [i for i in left if not any(dominates(found[j], found[i]) for j in left)]
        peels.append(front)
        left = [i for i in left if i not in front]
    return peels


@given(entries())
@settings(max_examples=150, deadline=None)
def test_fronts_are_what_is_left_undominated_when_the_earlier_ones_are_taken_away(found: Entries) -> None:
    assert fronts(found) == peeled(found)


@given(entries())
@settings(max_examples=80, deadline=None)
def test_the_infeasible_come_behind_all_that_is_feasible(found: Entries) -> None:
    rank = ranks(found)
    worst = max((rank[i] for i, entry in enumerate(found) if entry is not None), default=-1)
    assert all(rank[i] > worst for i, entry in enumerate(found) if entry is None)


@given(entries(2))
@settings(max_examples=80, deadline=None)
def test_the_order_holds_everybody_once_and_never_a_worse_front_first(found: Entries) -> None:
    ordered, rank = order(found), ranks(found)
    assert sorted(ordered) == list(range(len(found)))
    assert [rank[i] for i in ordered] == sorted(rank)


def test_dominance_needs_one_objective_that_is_better() -> None:
    assert dominates((1.0, 2.0), (1.0, 3.0))
    assert not dominates((1.0, 2.0), (1.0, 2.0))
    assert not dominates((0.0, 3.0), (1.0, 2.0))
    assert dominates((9.0, 9.0), None)
    assert not dominates(None, None)


def test_crowding_is_the_share_of_each_range_between_the_neighbours() -> None:
    # given three points of one front: the middle one lies between the two ends
    found: Entries = [(0.0, 10.0), (1.0, 4.0), (4.0, 0.0)]
    # when
    distance = crowding(found, [0, 1, 2])
    # then
    assert distance[0] == distance[2] == math.inf
    assert distance[1] == (4.0 - 0.0) / 4.0 + (10.0 - 0.0) / 10.0


def test_within_a_front_the_least_crowded_comes_first() -> None:
    found: Entries = [(0.0, 10.0), (0.1, 9.9), (5.0, 5.0), (10.0, 0.0)]
    assert order(found)[:2] == [0, 3]
    assert order(found)[2:] == [2, 1]
