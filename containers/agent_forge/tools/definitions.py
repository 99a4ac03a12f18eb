"""What a tool is: a name, a JSON Schema of its arguments, ways to ask for it, and the function it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_forge.contracts import load_contract
from agent_forge.errors import ForgeError

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A way to ask: text with a `{place}` for each argument that is not in `arguments`."""

    text: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Tool:
    """A tool; `held_out` are ways to ask for it that nothing is trained on.

    Args:
        parameters: JSON Schema of the arguments, of the kind that `grammar` understands.
        runs: name of a function of `functions`.
    """

    name: str
    description: str
    parameters: Json
    requests: tuple[Request, ...]
    held_out: tuple[Request, ...]
    runs: str


@dataclass(frozen=True)
class PlainRequest:
    """Something to say that needs no tool, and the answer."""

    text: str
    answer: str


def known_tools() -> dict[str, Tool]:
    """Those of contracts/tools.json, by name."""
    return {document["name"]: tool_of(document) for document in load_contract("tools.json")["tools"]}


def plain_requests(key: str) -> tuple[PlainRequest, ...]:
    """What needs no tool: `requests` to train on, or `held_out`."""
    return tuple(PlainRequest(**each) for each in load_contract("tools.json")["plain"][key])


def tools_of(named: Sequence[str | Mapping[str, Any]]) -> tuple[Tool, ...]:
    """Tools as settings name them: by the name of a known one, or as a whole definition.

    Raises:
        ForgeError(validation): there is no such tool; names those that there are.
    """
    known = known_tools()
    unknown = [each for each in named if isinstance(each, str) and each not in known]
    if unknown:
        raise ForgeError("validation", f"There are no tools {unknown}; expected some of {', '.join(known)}.")
    return tuple(known[each] if isinstance(each, str) else tool_of(each) for each in named)


def tool_of(document: Mapping[str, Any]) -> Tool:
    """A definition of the shape of contracts/tools.json."""
    requests, held_out = (
        tuple(Request(each["text"], each.get("arguments", {})) for each in document.get(key, ()))
        for key in ("requests", "held_out")
    )
    return Tool(
        document["name"], document["description"], dict(document["parameters"]), requests, held_out,
        document["runs"],
    )  # fmt: skip
