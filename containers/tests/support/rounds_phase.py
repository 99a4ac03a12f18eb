"""A phase of two repeated stages and one after them, at toy size: numbers are drawn, the best one is kept.

`steps` is the number of rounds. What a stage saw of the others stands in its artifact `seen`, so that a test
can compare it with what the contract promises.
"""

import json
from collections.abc import Callable

import torch

from agent_forge.phase import PhaseContext, StageOutput


def run(context: PhaseContext) -> None:
    """Run the stage that the task names."""
    stages: dict[str, Callable[[PhaseContext], None]] = {
        "draw": _draw,
        "select": _select,
        "report": _report,
    }
    stages[context.stage.name](context)


def _draw(context: PhaseContext) -> None:
    """One number per index and round, drawn around the best of the round before."""
    before = _values(context.stage_outputs("select"))
    index, turn = context.stage.index or 0, context.stage.round
    assert turn is not None
    value = (before[0] if before else 0) + (index + 1) * 10**turn
    context.tracker.record(f"draw-{index}/value", value, "1", source=__name__)
    _leave(context, value, before)


def _select(context: PhaseContext) -> None:
    """The greatest of this round; kept as the step of the one series of checkpoints."""
    turn = context.stage.round
    assert turn is not None
    newest = context.checkpoints.latest()
    before, drawn = _values(context.stage_outputs("select")), _values(context.stage_outputs("draw"))
    assert (None if newest is None else newest.step) == (None if turn == 0 else turn - 1)
    best = max(drawn)
    context.tracker.record("best/value", best, "1", source=__name__)
    context.checkpoints.save(turn, {"best": torch.tensor(best)}, {"turn": turn}, {"best": best})
    if turn + 1 < context.config["steps"]:
        context.ask_again()
    _leave(context, best, before)


def _report(context: PhaseContext) -> None:
    (best,) = _values(context.stage_outputs("select"))
    _leave(context, best, [best])


def _values(outputs: list[StageOutput]) -> list[int]:
    return [json.loads(output.artifacts["seen"].read_text())["value"] for output in outputs]


def _leave(context: PhaseContext, value: int, seen: list[int]) -> None:
    path = context.work / "seen.json"
    path.write_text(json.dumps({"value": value, "seen": seen}))
    context.publish_artifact("seen", path, "application/json")
