"""A call as text: canonical JSON, so that equal calls are equal texts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from agent_forge.contracts import canonical_json
from agent_forge.errors import ForgeError
from agent_forge.tools.definitions import Tool

MOST_CHARACTERS = 512  # of a call; a longer text is none


@dataclass(frozen=True)
class Call:
    """A tool's name and its arguments."""

    tool: str
    arguments: Mapping[str, Any]

    @property
    def text(self) -> str:
        """`{"args":{...},"tool":"..."}` with sorted keys and no spaces."""
        return canonical({"args": dict(self.arguments), "tool": self.tool})


def canonical(document: Any) -> str:
    """JSON with sorted keys, no spaces, and characters as they are."""
    return canonical_json(document).decode()


def read_call(text: str, tools: Sequence[Tool]) -> Call | None:
    """The call that a text is, None where it is no valid call of one of the tools in canonical form."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        document = json.loads(text)
        same = canonical(document) == text
    except (ValueError, RecursionError, ForgeError):
        return None
    if not same or not isinstance(document, dict) or set(document) != {"args", "tool"}:
        return None
    tool = next((each for each in tools if each.name == document["tool"]), None)
    if tool is None or not fits(tool.parameters, document["args"]):
        return None
    return Call(tool.name, document["args"])


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is valid by a schema; a number with a fraction of nothing is no integer here."""
    return not _has_float(value) and bool(Draft202012Validator(dict(schema)).is_valid(value))


def _has_float(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_float, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float)
