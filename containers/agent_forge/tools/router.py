"""The baseline that learns nothing: the way of asking with most words in common, values in their order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent_forge.tools.calls import Call, fits
from agent_forge.tools.definitions import Request, Tool
from agent_forge.tools.dialogue import Carrier, Turn
from agent_forge.tools.generator import ANSWER

PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class _Match:
    score: float
    tool: Tool
    way: Request


def routed(tools: Sequence[Tool], requests: Sequence[str], carry: Carrier) -> list[Turn]:
    """What the rule makes of each request; where no word is known, nothing."""
    return [_turn(tools, request, carry) for request in requests]


def _turn(tools: Sequence[Tool], request: str, carry: Carrier) -> Turn:
    matches = [_Match(_shared(way, request), tool, way) for tool in tools for way in tool.requests]
    best = max(matches, key=lambda match: match.score)
    if best.score == 0:
        return Turn()
    call = Call(best.tool.name, {**_arguments(best, request), **best.way.arguments})
    if not fits(best.tool.parameters, dict(call.arguments)):
        return Turn(call.text, None)
    result = carry(call)
    return Turn(call.text, call, result, ANSWER.format(result=result))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", text)


def _shared(way: Request, request: str) -> float:
    """Share of the way's own words that the request has as well."""
    own = set(_words(PLACE.sub(" ", way.text)))
    return len(own & set(_words(request))) / len(own) if own else 0.0


def _arguments(match: _Match, request: str) -> dict[str, Any]:
    """Numbers to whole numbers and lists, other words that the way has not to texts, as they come."""
    own = set(_words(PLACE.sub(" ", match.way.text)))
    left = [word for word in _words(request) if word not in own]
    numbers, words = (iter([w for w in left if w.isdigit() == digits]) for digits in (True, False))
    properties = match.tool.parameters["properties"]
    return {name: _value(properties[name], numbers, words) for name in PLACE.findall(match.way.text)}


def _value(schema: dict[str, Any], numbers: Iterator[str], words: Iterator[str]) -> Any:
    if schema.get("type") == "array":
        return [int(each) for each in numbers]
    return int(next(numbers, "0")) if schema.get("type") == "integer" else next(words, "")
