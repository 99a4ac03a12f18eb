"""Choices under a budget, against all combinations tried one by one."""

import itertools
import random

import pytest

from agent_forge.codecs.allocation import (
    Choice,
    best_at,
    repaired,
    total_distortion,
    total_rate,
    within_bytes,
    within_loss,
)

Table = dict[str, list[Choice]]


def drawn(seed: int, tensors: int = 4, choices: int = 5) -> Table:
    """Rates and distortions of which some are dominated and some lie inside the hull.

    Of odd seeds the tensors are two families, in which the last two choices need codebooks.
    """
    rng = random.Random(seed)
    sizes = [rng.randint(1, 40) for _ in range(4)]

    def book(tensor: int, choice: int) -> tuple[str | None, float]:
        which = 2 * (tensor % 2) + choice - (choices - 2)
        return (f"b{which}", float(sizes[which])) if seed % 2 and choice >= choices - 2 else (None, 0.0)

    return {
        f"t{place}": [
            Choice(
                f"c{n}", float(rng.randint(1, 60)), rng.random() * 2.0 ** -rng.randint(0, 5), *book(place, n)
            )
            for n in range(choices)
        ]
        for place in range(tensors)
    }


def combinations(table: Table) -> list[dict[str, Choice]]:
    return [dict(zip(table, each, strict=True)) for each in itertools.product(*table.values())]


@pytest.mark.parametrize("seed", range(8))
def test_at_a_price_no_combination_costs_less(seed: int) -> None:
    table = drawn(seed)
    for price in (0.0, 0.001, 0.01, 0.1, 10.0):
        chosen = best_at(table, price)
        cost = total_distortion(chosen) + price * total_rate(chosen)
        least = min(total_distortion(each) + price * total_rate(each) for each in combinations(table))
        assert cost == pytest.approx(least)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("budget", [20, 60, 90, 1000])
def test_a_budget_is_kept_and_used_nearly_as_well_as_by_trying_everything(seed: int, budget: int) -> None:
    # given
    table = drawn(seed)
    fitting = [each for each in combinations(table) if total_rate(each) <= budget]
    # when
    found = within_bytes(table, budget)
    # then
    if found is None:
        assert fitting == []
        return
    chosen, price = found
    assert total_rate(chosen) <= budget
    least = min(map(total_distortion, fitting))
    # What lies inside the hull is only looked at with the bytes that are left over.
    assert least - 1e-12 <= total_distortion(chosen) <= least + price * (budget - total_rate(chosen)) + 1e-9


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("budget", [0.05, 0.3, 1.0, 10.0])
def test_a_loss_is_kept_where_that_is_possible(seed: int, budget: float) -> None:
    table = drawn(seed)
    chosen, _ = within_loss(table, budget)
    least = min(map(total_distortion, combinations(table)))
    assert total_distortion(chosen) <= max(budget, least + 1e-12)
    # A better pick exists only inside the hull, and saves one step at most.
    cheapest = min(
        total_rate(each) for each in combinations(table) if total_distortion(each) <= max(budget, least)
    )
    assert cheapest <= total_rate(chosen) <= cheapest + 60


def test_a_codebook_is_paid_once_and_taken_only_where_enough_tensors_use_it() -> None:
    # Alone the codebook is not worth 30 bytes; for three tensors it is.
    ways = [Choice("plain", 20, 0.0), Choice("shared", 2, 0.0, "book", 30.0)]
    for tensors, taken, rate in ((1, "plain", 20), (2, "shared", 34), (3, "shared", 36)):
        table = {f"t{place}": ways for place in range(tensors)}
        chosen = best_at(table, 1.0)
        assert {each.name for each in chosen.values()} == {taken}
        assert total_rate(chosen) == rate
        assert within_bytes(table, rate) is not None
        assert within_bytes(table, rate - 1) is None


def test_bytes_that_are_left_are_spent_also_on_a_choice_inside_the_hull() -> None:
    table = {"t": [Choice("a", 1, 10), Choice("inside", 2, 9.5), Choice("b", 4, 1)]}
    assert repaired(table, {"t": table["t"][0]}, 3)["t"].name == "inside"
    found = within_bytes(table, 3)
    assert found is not None
    assert found[0]["t"].name == "inside"
    assert within_bytes(table, 0.5) is None
