"""What tools do: pure functions of their arguments. They read nothing, write nothing and know no one."""

import zlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

YEAR = 2026  # without a leap day
CENTIMETRES = {"cm": 1, "m": 100, "km": 100_000}


def calculator(a: int, b: int, op: str) -> str:
    """The sum, product or difference."""
    return str({"add": a + b, "mul": a * b, "sub": a - b}[op])


def lookup(key: str) -> str:
    """The shelf, 10 to 99, of a made-up store room in which every word has its place."""
    return str(10 + zlib.crc32(key.encode()) % 90)


def unit(value: int, **named: str) -> str:
    """A length in another unit; the names are `from` and `to`."""
    found = Decimal(value) * CENTIMETRES[named["from"]] / CENTIMETRES[named["to"]]
    return f"{found.normalize():f}"


def on_from(days: int, from_day: int, month: int) -> str:
    """Day and month so many days later."""
    found = date(YEAR, month, from_day) + timedelta(days=days)
    return f"{found.day}/{found.month}"


def string(op: str, text: str) -> str:
    """The length, the reverse or the capitals."""
    return {"length": str(len(text)), "reverse": text[::-1], "upper": text.upper()}[op]


def of_list(items: Sequence[int], op: str) -> str:
    """The largest, the smallest or the sum."""
    return str({"max": max(items), "min": min(items), "sum": sum(items)}[op])


def noop() -> str:
    """Nothing."""
    return "ok"


def count(letter: str, text: str) -> str:
    """How often."""
    return str(text.count(letter))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "calculator": calculator, "lookup": lookup, "unit": unit, "date": on_from, "string": string,
    "list": of_list, "noop": noop, "count": count,
}  # fmt: skip
