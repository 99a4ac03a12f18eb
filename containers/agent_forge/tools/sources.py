"""What tool calls are learned from: examples of named sources, each up to its share, and made-up ones.

Whoever controls one source controls at most that share: poisoning needs few examples where nothing caps them.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.tools.calls import Call, fits
from agent_forge.tools.definitions import Tool
from agent_forge.tools.generator import examples
from agent_forge.tools.transcript import Example


@dataclass(frozen=True)
class Taught:
    """Examples to train on; by source, how many of them, and how many were left out over its share."""

    examples: list[Example]
    used: Mapping[str, int]
    left_out: Mapping[str, int]


def gather(
    tools: Sequence[Tool], given: Sequence[Mapping[str, Any]], count: int, cap: float, seed: int,
    carry: Callable[[Call], str],
) -> Taught:  # fmt: skip
    """So many examples of all tools.

    Args:
        given: documents {source, request, call, answer} of the settings.
        cap: most of the examples that one source may have, in [0, 1].
        carry: carries out a call.

    Raises:
        ForgeError(validation): an example calls what is not among the tools, or with other arguments.
    """
    most, rng = int(cap * count), random.Random(f"sources:{seed}")
    kept: list[Example] = []
    used, left_out = Counter[str](), Counter[str]()
    for source in sorted({each["source"] for each in given}):
        own = [each for each in given if each["source"] == source]
        chosen = rng.sample(own, min(most, len(own), count - len(kept)))
        kept += [_example(tools, each, carry) for each in chosen]
        used[source], left_out[source] = len(chosen), len(own) - len(chosen)
    made = examples(tools, count - len(kept), seed)
    used.update(each.source for each in made)
    return Taught(kept + made, dict(used), dict(left_out))


def _example(tools: Sequence[Tool], document: Mapping[str, Any], carry: Callable[[Call], str]) -> Example:
    call = None if document.get("call") is None else _call(tools, document["call"])
    return Example(
        document["request"], call, "" if call is None else carry(call), document["answer"],
        document["source"],
    )  # fmt: skip


def _call(tools: Sequence[Tool], document: Mapping[str, Any]) -> Call:
    call = Call(document["tool"], document["arguments"])
    tool = next((each for each in tools if each.name == call.tool), None)
    if tool is None or not fits(tool.parameters, dict(call.arguments)):
        raise ForgeError(
            "validation",
            f"An example calls {call.text[:200]}, which is no valid call of {[each.name for each in tools]}.",
            {"code": "invalid_call"},
        )
    return call
