"""How well requests are answered with tools: is there a call where one is needed, and is it right?"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_forge.tools.calls import Call
from agent_forge.tools.dialogue import Turn
from agent_forge.tools.transcript import Example


@dataclass(frozen=True)
class Marks:
    """Of one request, each 1 or 0; None where it does not apply.

    Args:
        called: a call was made.
        needed: one was needed.
        valid: what was called is a valid call; of requests with a call.
        named: it is of the right tool; of requests that need one, a call that is none counts as wrong.
        exact: tool and arguments are right; of the same.
        answered: the last text is right.
    """

    called: bool
    needed: bool
    valid: bool | None
    named: bool | None
    exact: bool | None
    answered: bool


def mark(example: Example, turn: Turn) -> Marks:
    """Compare a turn with what it should have been."""
    needed, right = example.call is not None, example.call
    return Marks(
        called=turn.called is not None,
        needed=needed,
        valid=None if turn.called is None else turn.call is not None,
        named=None if right is None else turn.call is not None and turn.call.tool == right.tool,
        exact=None if right is None else _same(turn.call, right),
        answered=turn.answer == example.answer,
    )


def _same(call: Call | None, right: Call) -> bool:
    return call is not None and call.text == right.text


def rates(marks: Sequence[Marks]) -> dict[str, float]:
    """Shares over all requests that they apply to; 0 where a share is of nothing.

    `valid` is the share of valid calls among all that needed or got one, so that a model that never calls
    has none.
    """
    called = [each for each in marks if each.called]
    needed = [each for each in marks if each.needed]
    silent = [each for each in marks if not each.called]
    hits = sum(each.needed for each in called)
    precision, recall = _share(hits, len(called)), _share(hits, len(needed))
    attempts = [each for each in marks if each.called or each.needed]
    return {
        "valid": _share(sum(bool(each.valid) for each in attempts), len(attempts)),
        "named": _share(sum(bool(each.named) for each in needed), len(needed)),
        "exact": _share(sum(bool(each.exact) for each in needed), len(needed)),
        "no_call_precision": _share(sum(not each.needed for each in silent), len(silent)),
        "no_call_recall": _share(
            sum(not each.needed for each in silent), sum(not each.needed for each in marks)
        ),
        "call_f1": _share(2 * precision * recall, precision + recall),
        "answered": _share(sum(each.answered for each in marks), len(marks)),
    }  # fmt: skip


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
