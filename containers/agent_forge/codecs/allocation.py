"""Which tensor gets which encoding: Lagrangian rate-distortion (Shoham and Gersho 1988) over known choices.

Minimise D + lambda R: for a given lambda each tensor takes the best choice on its lower convex hull, lambda
is bisected until the bytes fit, and what is left over is spent greedily.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

BISECTIONS = 60


@dataclass(frozen=True)
class Choice:
    """One way to store a tensor: its bytes, and the loss that it is predicted to cost in nats a token."""

    name: str
    rate: float
    distortion: float


Table = Mapping[str, Sequence[Choice]]
Chosen = dict[str, Choice]


def lower_hull(choices: Sequence[Choice]) -> list[Choice]:
    """Choices that some lambda >= 0 picks, by rising rate and falling distortion."""
    hull: list[Choice] = []
    for each in sorted(choices, key=lambda c: (c.rate, c.distortion, c.name)):
        if hull and each.distortion >= hull[-1].distortion:
            continue
        while len(hull) > 1 and _slope(hull[-2], each) <= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append(each)
    return hull


def _slope(cheap: Choice, dear: Choice) -> float:
    """Distortion that a byte more brings; below 0."""
    return (dear.distortion - cheap.distortion) / (dear.rate - cheap.rate)


def best_at(table: Table, price: float) -> Chosen:
    """The best choice of every tensor where a byte costs `price` nats."""
    return {
        name: min(choices, key=lambda c: (c.distortion + price * c.rate, c.rate, c.name))
        for name, choices in table.items()
    }


def total_rate(chosen: Mapping[str, Choice]) -> float:
    """Bytes of all."""
    return sum(each.rate for each in chosen.values())


def total_distortion(chosen: Mapping[str, Choice]) -> float:
    """Predicted nats a token of all."""
    return sum(each.distortion for each in chosen.values())


def within_bytes(table: Table, budget: float) -> tuple[Chosen, float] | None:
    """The least distortion that fits into `budget` bytes, and the price there; None where none fits.

    Args:
        table: at least one choice per tensor.
    """
    hulls = {name: lower_hull(choices) for name, choices in table.items()}
    cheapest = {name: hull[0] for name, hull in hulls.items()}
    if total_rate(cheapest) > budget:
        return None
    low, high = 0.0, _highest_price(hulls)
    if total_rate(best_at(hulls, low)) <= budget:
        return best_at(hulls, low), low
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if total_rate(best_at(hulls, middle)) <= budget else (middle, high)
    return repaired(table, best_at(hulls, high), budget), high


def within_loss(table: Table, budget: float) -> tuple[Chosen, float]:
    """The fewest bytes whose predicted loss is at most `budget` nats a token, and the price there.

    The choices of least loss where none keeps the budget.
    """
    hulls = {name: lower_hull(choices) for name, choices in table.items()}
    low, high = 0.0, _highest_price(hulls)
    if total_distortion(best_at(hulls, high)) <= budget:
        return best_at(hulls, high), high
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if total_distortion(best_at(hulls, middle)) <= budget else (low, middle)
    return best_at(hulls, low), low


def repaired(table: Table, chosen: Chosen, budget: float) -> Chosen:
    """Spend the bytes that are left on the upgrades that bring most per byte, also those inside the hull."""
    chosen = dict(chosen)
    while True:
        slack = budget - total_rate(chosen)
        steps = [
            ((chosen[name].distortion - each.distortion) / (each.rate - chosen[name].rate), name, each)
            for name, choices in table.items()
            for each in choices
            if each.distortion < chosen[name].distortion and 0 < each.rate - chosen[name].rate <= slack
        ]
        if not steps:
            return chosen
        _, name, each = max(steps, key=lambda step: (step[0], step[1], step[2].name))
        chosen[name] = each


def _highest_price(hulls: Mapping[str, Sequence[Choice]]) -> float:
    """A price at which every tensor takes its cheapest choice."""
    steepest = [
        -_slope(a, b) for hull in hulls.values() for a, b in pairwise(hull)
    ]  # fmt: skip
    return 2 * max(steepest, default=0.0) + 1e-30
