"""From measured values to verdicts. A line is held or failed only on a full budget with enough seeds."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from agent_forge.experiments.experiment import FEWEST_SEEDS, Comparison, Experiment, Line, Tier
from agent_forge.experiments.intervals import LEVEL, paired_interval

# arm -> seed -> measure -> value
Values = Mapping[str, Mapping[int, Mapping[str, float]]]


def judged_lines(experiment: Experiment, values: Values, tier: Tier) -> list[dict[str, Any]]:
    """Every bound with its values and whether it held."""
    return [_judge(line, values, tier) for line in experiment.lines]


def _judge(line: Line, values: Values, tier: Tier) -> dict[str, Any]:
    measured = [of_seed[line.measure] for of_seed in values.get(line.arm, {}).values()]
    held = sum(value >= line.bound if line.op == ">=" else value <= line.bound for value in measured)
    # The small term keeps 2/3 of 3 at 2 in binary fractions.
    needed = max(1, math.ceil(line.share * len(measured) - 1e-9))
    status = "not measured"
    if tier == "full" and len(measured) >= FEWEST_SEEDS:
        status = "held" if held >= needed else "failed"
    return {
        "id": line.id, "text": line.text, "level": line.level, "arm": line.arm, "measure": line.measure,
        "op": line.op, "bound": line.bound, "needed": needed, "held": held, "values": measured,
        "status": status,
    }  # fmt: skip


def compared(comparisons: Sequence[Comparison], values: Values) -> list[dict[str, Any]]:
    """Paired differences with their interval, over the seeds that both arms have."""
    found = []
    for comparison in comparisons:
        ours, theirs = values.get(comparison.arm, {}), values.get(comparison.baseline, {})
        seeds = [seed for seed in ours if seed in theirs]
        if not seeds:
            continue
        differences = [ours[s][comparison.measure] - theirs[s][comparison.measure] for s in seeds]
        interval = paired_interval(differences)
        found.append({
            "arm": comparison.arm, "baseline": comparison.baseline, "measure": comparison.measure,
            "seeds": seeds, "differences": differences, "mean": interval.mean, "low": interval.low,
            "high": interval.high, "level": LEVEL, "method": "paired t",
        })  # fmt: skip
    return found


def verdict(lines: Sequence[Mapping[str, Any]]) -> str:
    """`held` if every must-line held, `failed` if one failed, else `no verdict`."""
    statuses = {line["status"] for line in lines if line["level"] == "must"}
    if "failed" in statuses:
        return "failed"
    return "held" if statuses == {"held"} else "no verdict"
