"""What the first version claimed, and which lines of which experiment decide it. It measured none of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Inherited:
    """A claim in the first version's words, and the lines that decide it; none for all there are."""

    claim: str
    experiment: str = ""
    lines: tuple[str, ...] = ()


INHERITED = (
    Inherited("merge: +23.5 % fitness", "E3C", ("inherited",)),
    Inherited("thoughts before answers improve them", "E4", ("answers", "is-right", "by-content")),
    Inherited("compression: 8.2 times smaller", "E5S"),
    Inherited("speed: 3.8 times faster", "E5V"),
    Inherited("dreams keep what a model knew", "E8", ("kept", "a-third", "learns")),
    Inherited("self-modelling makes a network simpler", "E7", ("predictable", "narrower", "accurate")),
    Inherited("Grokfast: 50 times faster"),
)


def inherited_rows(records: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Claim, experiment (none without a record) and verdict: holds, in part, does not hold, or not measured.

    Args:
        records: of full runs.
    """
    known = {record["experiment"]: record for record in records}
    return [
        (each.claim, each.experiment if each.experiment in known else "none", _verdict(each, known))
        for each in INHERITED
    ]


def _verdict(each: Inherited, known: Mapping[str, Mapping[str, Any]]) -> str:
    """In part: on some seeds, or some of the lines."""
    stated = known.get(each.experiment, {"lines": []})["lines"]
    lines = [line for line in stated if not each.lines or line["id"] in each.lines]
    if not lines or any(line["status"] == "not measured" for line in lines):
        return "not measured"
    if all(line["status"] == "held" for line in lines):
        return "holds"
    return "holds in part" if any(line["held"] for line in lines) else "does not hold"
