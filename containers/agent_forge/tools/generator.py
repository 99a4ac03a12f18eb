"""Requests, calls and answers by rule: a function of tools and seed, without a text from elsewhere.

Some values are never trained on: whole numbers that leave 3 when divided by 5, and words of one fifth of all.
"""

import random
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_forge.tools.calls import Call
from agent_forge.tools.definitions import PlainRequest, Request, Tool, plain_requests
from agent_forge.tools.functions import FUNCTIONS
from agent_forge.tools.grammar import PIECE
from agent_forge.tools.transcript import Example

PLAIN_SHARE = 0.3  # of the requests that need no tool
ANSWER = "it is {result}."
GENERATED = "generator"
WORD: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z]{3,6}$"}
NUMBER: Mapping[str, Any] = {"type": "integer", "minimum": 2, "maximum": 99}
DRAWS = 200  # before a value of the other side is taken: some schemas have only one side


@dataclass(frozen=True)
class Side:
    """What examples are made from: ways of asking, and values, that are trained on or held out."""

    new_ways: bool = False
    new_values: bool = False


TRAINED = Side()


def examples(
    tools: Sequence[Tool], count: int, seed: int, side: Side = TRAINED, plain: float = PLAIN_SHARE
) -> list[Example]:
    """Some of each tool in turn, and in between those that need none.

    Args:
        tools: to ask for; all of them are asked for as often.
        plain: share of the requests that need no tool.
    """
    return list(_examples(tools, count, random.Random(f"tools:{seed}:{side}"), side, plain))


def _examples(
    tools: Sequence[Tool], count: int, rng: random.Random, side: Side, plain: float
) -> Iterator[Example]:
    calls = 0
    for number in range(count):
        if int((number + 1) * plain) > int(number * plain):
            yield plain_example(rng, side)
        else:
            yield call_example(tools[calls % len(tools)], rng, side)
            calls += 1


def call_example(tool: Tool, rng: random.Random, side: Side) -> Example:
    """A request for a tool, with the call and its real result."""
    way: Request = rng.choice(tool.held_out if side.new_ways and tool.held_out else tool.requests)
    drawn = {
        name: drawn_value(schema, rng, side.new_values)
        for name, schema in sorted(tool.parameters["properties"].items())
    }
    arguments = {**drawn, **way.arguments}
    result = FUNCTIONS[tool.runs](**arguments)
    return Example(
        filled(way.text, arguments), Call(tool.name, arguments), result,
        ANSWER.format(result=result), f"{GENERATED}:{tool.name}",
    )  # fmt: skip


def plain_example(rng: random.Random, side: Side) -> Example:
    """A request that needs no tool."""
    way: PlainRequest = rng.choice(plain_requests("held_out" if side.new_ways else "requests"))
    values = {
        "word": drawn_value(WORD, rng, side.new_values),
        "number": drawn_value(NUMBER, rng, side.new_values),
    }
    return Example(filled(way.text, values), None, "", filled(way.answer, values), f"{GENERATED}:plain")


def filled(text: str, arguments: Mapping[str, Any]) -> str:
    """A text with its places filled in."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: shown(arguments[found[1]]), text)


def shown(value: Any) -> str:
    """A value as someone would say it."""
    if isinstance(value, list):
        return " ".join(map(shown, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def drawn_value(schema: Mapping[str, Any], rng: random.Random, new: bool) -> Any:
    """A value of a schema, held out or not where the schema has both kinds."""
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if schema["type"] == "boolean":
        return rng.random() < 0.5
    if schema["type"] == "array":
        length = rng.randint(schema["minItems"], schema["maxItems"])
        return [drawn_value(schema["items"], rng, new) for _ in range(length)]
    value: Any = None
    for _ in range(DRAWS):
        value = (
            rng.randint(schema["minimum"], schema["maximum"])
            if schema["type"] == "integer" else _word(schema, rng)
        )  # fmt: skip
        if is_held_out(value) == new:
            break
    return value


def is_held_out(value: int | str) -> bool:
    """Whether nothing may be trained on this value."""
    return (value if isinstance(value, int) else zlib.crc32(value.encode())) % 5 == 3


def _word(schema: Mapping[str, Any], rng: random.Random) -> str:
    if "pattern" not in schema:
        length = rng.randint(max(1, schema.get("minLength", 1)), max(1, schema.get("maxLength", 6)))
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(length))
    found = ""
    for characters, least, most in PIECE.findall(schema["pattern"][1:-1]):
        low = int(least or 1)
        allowed = [chr(code) for code in range(128) if re.fullmatch(characters, chr(code))]
        found += "".join(rng.choice(allowed) for _ in range(rng.randint(low, int(most or low))))
    return found
