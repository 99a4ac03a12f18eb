"""CMA-ES without pickle: seed and history are the search."""

import json

import numpy as np
import pytest

from agent_forge.errors import ForgeError
from agent_forge.evolution.cma_search import CmaSearch, Point


def sphere(point: Point) -> float:
    return sum((x - 0.3) ** 2 for x in point)


def begun(rounds: int) -> CmaSearch:
    search = CmaSearch((0.5,) * 4, 1 / 6, 8, 7)
    for _ in range(rounds):
        search.tell([sphere(point) for point in search.ask()])
    return search


@pytest.mark.parametrize("rounds", [0, 1, 5])
def test_a_search_replayed_from_its_json_asks_for_the_very_same_points(rounds: int) -> None:
    # given
    search = begun(rounds)
    document = json.loads(json.dumps(search.to_json()))
    # when: somebody turns numpy's global generator in between
    np.random.seed(rounds)
    again = CmaSearch.from_json(document)
    # then
    assert again.ask() == search.ask()
    assert again.to_json() == search.to_json()


def test_asking_twice_draws_nothing_new() -> None:
    search = begun(1)
    assert search.ask() == search.ask()


def test_it_comes_close_to_the_best_point_within_the_cube() -> None:
    search = begun(12)
    points = search.ask()
    assert min(map(sphere, points)) < 0.01
    assert all(0.0 <= x <= 1.0 for point in points for x in point)


def test_what_is_infeasible_counts_as_worse_than_all_others_of_its_round() -> None:
    search = CmaSearch((0.5, 0.5), 0.2, 4, 1)
    search.ask()
    search.tell([1.0, None, 3.0, 2.0])
    assert search.history == [[1.0, 6.0, 3.0, 2.0]]
    search.ask()
    search.tell([None] * 4)
    assert search.history[1] == [1.0] * 4


def test_a_single_gene_is_refused_with_what_to_do() -> None:
    with pytest.raises(ForgeError, match="search: genetic") as error:
        CmaSearch((0.5,), 0.2, 4, 1)
    assert error.value.kind == "validation"
