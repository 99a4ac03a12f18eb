"""Which tensor gets which encoding: Lagrangian rate-distortion (Shoham and Gersho 1988) over known choices.

Minimise D + lambda R. A codebook that several tensors share costs its bytes once, whoever uses it: for a
given lambda every set of codebooks of a family is tried, each tensor takes its best choice within the set,
and lambda is bisected until the bytes fit. What is left over is spent greedily.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

BISECTIONS = 60


@dataclass(frozen=True)
class Choice:
    """One way to store a tensor: its own bytes, and the loss that it is predicted to cost in nats a token.

    Args:
        rate: whole bytes.
        book: the codebook that it needs, None for none.
        book_rate: bytes of the codebook, however many use it.
    """

    name: str
    rate: float
    distortion: float
    book: str | None = None
    book_rate: float = 0.0


Table = Mapping[str, Sequence[Choice]]
Chosen = dict[str, Choice]


def best_at(table: Table, price: float) -> Chosen:
    """The choices of least distortion + `price` * bytes, in nats and nats a byte."""
    chosen: Chosen = {}
    for family in _families(table):
        best: Chosen = min(_within_books(family, price), key=lambda each: _cost(each, price))
        chosen |= best
    return {name: chosen[name] for name in table}


def _families(table: Table) -> list[dict[str, Sequence[Choice]]]:
    """Tensors that could share a codebook together; any other stands alone."""
    found: list[tuple[set[str], dict[str, Sequence[Choice]]]] = []
    for name, choices in table.items():
        books, members = {each.book for each in choices if each.book is not None}, {name: choices}
        for family in [each for each in found if each[0] & books]:
            found.remove(family)
            books, members = books | family[0], family[1] | members
        found.append((books, members))
    return [members for _, members in found]


def _within_books(family: Table, price: float) -> Iterable[Chosen]:
    """For every set of codebooks the best choices of a family that need no other."""
    best: dict[str, dict[str | None, Choice]] = {name: {} for name in family}
    for name, choices in family.items():
        for each in sorted(choices, key=lambda c: _cost({"": c}, price, books=False), reverse=True):
            best[name][each.book] = each
    books = sorted({book for found in best.values() for book in found if book is not None})
    for count in range(len(books) + 1):
        for opened in combinations(books, count):
            able = {name: [found[b] for b in (None, *opened) if b in found] for name, found in best.items()}
            if all(able.values()):
                yield {
                    name: min(each, key=lambda c: _cost({"": c}, price, books=False))
                    for name, each in able.items()
                }


def _cost(chosen: Chosen, price: float, *, books: bool = True) -> tuple[float, float, list[str]]:
    rate = total_rate(chosen) if books else sum(each.rate for each in chosen.values())
    return total_distortion(chosen) + price * rate, rate, [each.name for each in chosen.values()]


def total_rate(chosen: Mapping[str, Choice]) -> float:
    """Bytes of all, every codebook that is used once."""
    books = {each.book: each.book_rate for each in chosen.values() if each.book is not None}
    return sum(each.rate for each in chosen.values()) + sum(books.values())


def total_distortion(chosen: Mapping[str, Choice]) -> float:
    """Predicted nats a token of all."""
    return sum(each.distortion for each in chosen.values())


def within_bytes(table: Table, budget: float) -> tuple[Chosen, float] | None:
    """The least distortion that fits into `budget` bytes, and the price there; None where none fits.

    Args:
        table: at least one choice per tensor.
    """
    low, high = 0.0, _highest_price(table)
    if total_rate(best_at(table, high)) > budget:
        return None
    if total_rate(best_at(table, low)) <= budget:
        return best_at(table, low), low
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if total_rate(best_at(table, middle)) <= budget else (middle, high)
    return repaired(table, best_at(table, high), budget), high


def within_loss(table: Table, budget: float) -> tuple[Chosen, float]:
    """The fewest bytes whose predicted loss is at most `budget` nats a token, and the price there.

    The choices of least loss where none keeps the budget.
    """
    low, high = 0.0, _highest_price(table)
    if total_distortion(best_at(table, high)) <= budget:
        return best_at(table, high), high
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if total_distortion(best_at(table, middle)) <= budget else (low, middle)
    return best_at(table, low), low


def repaired(table: Table, chosen: Chosen, budget: float) -> Chosen:
    """Spend the bytes that are left on the upgrades that bring most per byte, also those inside the hull."""
    chosen = dict(chosen)
    while True:
        spent = total_rate(chosen)
        steps = [
            (gain / max(added, 1e-12), name, each)
            for name, choices in table.items()
            for each in choices
            if (gain := chosen[name].distortion - each.distortion) > 0
            and (added := total_rate({**chosen, name: each}) - spent) <= budget - spent
        ]
        if not steps:
            return chosen
        _, name, each = max(steps, key=lambda step: (step[0], step[1], step[2].name))
        chosen[name] = each


def _highest_price(table: Table) -> float:
    """A price at which a byte less is worth any distortion, rates being whole bytes."""
    spread = [max(c.distortion for c in each) - min(c.distortion for c in each) for each in table.values()]
    return 2 * sum(spread) + 1e-30
