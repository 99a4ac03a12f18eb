"""Which bytes may come next in a call: an automaton over the canonical JSON of some schemas.

States are what is left to be read, and a byte leads to what is left behind it (Brzozowski, Derivatives of
Regular Expressions, 1964). Of JSON Schema it knows what `value_of` names.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.tools.calls import canonical
from agent_forge.tools.definitions import Tool

CLASS = r"\[[A-Za-z0-9 _.-]+\]|[A-Za-z0-9 _]"
PIECE = re.compile(rf"({CLASS})(?:\{{(\d{{1,2}})(?:,(\d{{1,2}}))?\}})?")
LONGEST = 64  # characters of a string whose schema does not say


class Rest:
    """What may still follow; an immutable value."""

    ends: bool = False  # nothing has to follow

    def after(self, byte: int) -> "Rest":
        """What may follow `byte`."""
        raise NotImplementedError


@dataclass(frozen=True)
class Nothing(Rest):
    """No text at all, not even the empty one."""

    def after(self, byte: int) -> Rest:
        return self


@dataclass(frozen=True)
class Empty(Rest):
    """The empty text."""

    ends = True

    def after(self, byte: int) -> Rest:
        return NOTHING


@dataclass(frozen=True)
class OneOf(Rest):
    """A single byte of a set."""

    bytes: frozenset[int]

    def after(self, byte: int) -> Rest:
        return EMPTY if byte in self.bytes else NOTHING


@dataclass(frozen=True)
class Then(Rest):
    """One after the other."""

    first: Rest
    second: Rest

    @property
    def ends(self) -> bool:  # type: ignore[override]
        """Whether both may be empty."""
        return self.first.ends and self.second.ends

    def after(self, byte: int) -> Rest:
        left = then(self.first.after(byte), self.second)
        return either(left, self.second.after(byte)) if self.first.ends else left


@dataclass(frozen=True)
class Either(Rest):
    """One of several."""

    choices: frozenset[Rest]

    @property
    def ends(self) -> bool:  # type: ignore[override]
        """Whether one may be empty."""
        return any(each.ends for each in self.choices)

    def after(self, byte: int) -> Rest:
        return reduce(either, (each.after(byte) for each in self.choices), NOTHING)


@dataclass(frozen=True)
class Between(Rest):
    """A whole number of a range in decimal, behind the digits (and the sign) that were read."""

    low: int
    high: int
    read: str = ""

    @property
    def ends(self) -> bool:  # type: ignore[override]
        """Whether what was read is such a number."""
        return bool(re.fullmatch(r"0|-?[1-9]\d*", self.read)) and self.low <= int(self.read) <= self.high

    def after(self, byte: int) -> Rest:
        read = self.read + chr(byte)
        if not re.fullmatch(r"-|0|-?[1-9]\d*", read):
            return NOTHING
        low, high = (-self.high, -self.low) if read[0] == "-" else (self.low, self.high)
        digits = read.lstrip("-")
        return Between(self.low, self.high, read) if _begins(digits, low, high) else NOTHING


def _begins(digits: str, low: int, high: int) -> bool:
    """Whether a positive number that begins with the digits, or zero itself, lies in the range."""
    if digits in ("", "0"):
        return high >= 1 if digits == "" else low <= 0 <= high
    value, width = int(digits), 1
    while value <= high:
        if value + width - 1 >= low:
            return True
        value, width = value * 10, width * 10
    return False


NOTHING: Rest = Nothing()
EMPTY: Rest = Empty()


def then(first: Rest, second: Rest) -> Rest:
    """Both, one after the other, in the simplest form."""
    if first == NOTHING or second == NOTHING:
        return NOTHING
    if first == EMPTY or second == EMPTY:
        return second if first == EMPTY else first
    # To the right, so that equal rests are equal values.
    return Then(first.first, then(first.second, second)) if isinstance(first, Then) else Then(first, second)


def either(one: Rest, other: Rest) -> Rest:
    """One of both, in the simplest form."""
    sets = [each.choices if isinstance(each, Either) else frozenset({each}) for each in (one, other)]
    choices = (sets[0] | sets[1]) - {NOTHING}
    if len(choices) < 2:
        return next(iter(choices), NOTHING)
    return Either(choices)


def text(of: str | bytes) -> Rest:
    """Exactly this."""
    raw = of.encode() if isinstance(of, str) else of
    return reduce(lambda rest, byte: then(OneOf(frozenset({byte})), rest), reversed(raw), EMPTY)


def any_of(rests: Iterable[Rest]) -> Rest:
    """One of these."""
    return reduce(either, rests, NOTHING)


def repeated(one: Rest, least: int, most: int, between: Rest = EMPTY) -> Rest:
    """From `least` to `most` times, with something in between."""
    rest: Rest = EMPTY
    for place in range(most, 0, -1):
        again = then(one if place == 1 else then(between, one), rest)
        rest = again if place <= least else either(again, EMPTY)
    return rest


def _span(low: int, high: int) -> Rest:
    return OneOf(frozenset(range(low, high + 1)))


@lru_cache(maxsize=1)
def _character() -> Rest:
    """One character of a JSON string as `json.dumps` writes it: escaped where it must be, else in UTF-8."""
    plain = OneOf(frozenset(range(0x20, 0x80)) - {0x22, 0x5C})
    escaped = [text(json.dumps(chr(code))[1:-1]) for code in (*range(0x20), 0x22, 0x5C)]
    more = _span(0x80, 0xBF)
    several = [
        (_span(0xC2, 0xDF), more), (_span(0xE0, 0xE0), _span(0xA0, 0xBF), more),
        (_span(0xE1, 0xEC), more, more), (_span(0xED, 0xED), _span(0x80, 0x9F), more),
        (_span(0xEE, 0xEF), more, more), (_span(0xF0, 0xF0), _span(0x90, 0xBF), more, more),
        (_span(0xF1, 0xF3), more, more, more), (_span(0xF4, 0xF4), _span(0x80, 0x8F), more, more),
    ]  # fmt: skip
    return any_of([plain, *escaped, *(reduce(then, parts) for parts in several)])


def _read(pieces: Sequence[tuple[str, ...]]) -> bool:
    """Whether each class is one that can be read: the ends of [z-a] stand the wrong way round."""
    try:
        return all(re.compile(characters) for characters, *_ in pieces)
    except re.error:
        return False


def pattern(source: str) -> Rest:
    """Texts of a pattern: `^`, then letters or classes with how often each, then `$`.

    Raises:
        ForgeError(validation): it is of no such form.
    """
    places, rest = source[1:-1], EMPTY
    found = [match.groups() for match in PIECE.finditer(places)]
    if source[:1] != "^" or source[-1:] != "$" or PIECE.sub("", places) or not _read(found):
        raise ForgeError(
            "validation",
            f"The pattern {source!r} is refused; expected ^, characters or classes such as [a-z], each with"
            " {n} or {n,m} behind it or nothing, and $.",
            {"code": "pattern_rejected"},
        )
    for characters, least, most in reversed(found):
        allowed = [code for code in range(128) if re.fullmatch(characters, chr(code))]
        low = int(least or 1)
        rest = then(repeated(OneOf(frozenset(allowed)), low, int(most or low)), rest)
    return rest


def value_of(schema: Mapping[str, Any]) -> Rest:
    """The canonical texts of all values of a schema.

    Raises:
        ForgeError(validation): the schema is of a kind that has no automaton here.
    """
    kind = schema.get("type")
    if "enum" in schema:
        return any_of(text(canonical(each)) for each in schema["enum"])
    if kind == "boolean":
        return either(text("true"), text("false"))
    if kind == "integer":
        return Between(schema["minimum"], schema["maximum"])
    if kind == "string":
        if "pattern" in schema:
            inside = pattern(schema["pattern"])
        else:
            inside = repeated(_character(), schema.get("minLength", 0), schema.get("maxLength", LONGEST))
        return then(text('"'), then(inside, text('"')))
    if kind == "array":
        items = repeated(value_of(schema["items"]), schema["minItems"], schema["maxItems"], text(","))
        return then(text("["), then(items, text("]")))
    if kind == "object":
        return _object(schema)
    raise ForgeError("validation", f"There is no automaton for the schema {canonical(schema)[:200]}.")


def _object(schema: Mapping[str, Any]) -> Rest:
    """All properties, which are all required, in the order of their names."""
    parts = [
        then(text(canonical(name) + ":"), value_of(schema["properties"][name]))
        for name in sorted(schema["properties"])
    ]
    joined = reduce(
        lambda rest, part: then(rest, then(text(","), part)), parts[1:], parts[0] if parts else EMPTY
    )
    return then(text("{"), then(joined, text("}")))


def calls_of(tools: Sequence[Tool]) -> Rest:
    """The texts of all valid calls."""
    return any_of(
        then(text('{"args":'), then(value_of(tool.parameters), text(f',"tool":{canonical(tool.name)}}}')))
        for tool in tools
    )


class Automaton:
    """The bytes that may follow, state by state; states are numbers, `START` the first and `DEAD` none."""

    START, DEAD = 0, -1

    def __init__(self, start: Rest) -> None:
        self._rests = [start]
        self._numbers: dict[Rest, int] = {start: self.START, NOTHING: self.DEAD}
        self._next: dict[tuple[int, int], int] = {}
        self._allowed: dict[int, tuple[int, ...]] = {}

    def after(self, state: int, byte: int) -> int:
        """The state behind a byte."""
        key = (state, byte)
        if state == self.DEAD:
            return state
        if key not in self._next:
            rest = self._rests[state].after(byte)
            if rest not in self._numbers:
                self._numbers[rest] = len(self._rests)
                self._rests.append(rest)
            self._next[key] = self._numbers[rest]
        return self._next[key]

    def allowed(self, state: int) -> tuple[int, ...]:
        """Bytes behind which something valid can still follow."""
        if state not in self._allowed:
            self._allowed[state] = tuple(byte for byte in range(256) if self.after(state, byte) != self.DEAD)
        return self._allowed[state]

    def ends(self, state: int) -> bool:
        """Whether the text may end here."""
        return state != self.DEAD and self._rests[state].ends

    def accepts(self, raw: bytes) -> bool:
        """Whether this is a whole text of the language."""
        return self.ends(reduce(self.after, raw, self.START))
