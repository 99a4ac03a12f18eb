"""Runs an experiment: every seed through every arm, one after the other, in one thread."""

import hashlib
import inspect
import platform
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from agent_forge.contracts import canonical_json
from agent_forge.determinism import prepare_process
from agent_forge.experiments.experiment import Arm, Experiment, Measures, Settings, Tier
from agent_forge.experiments.judge import compared, judged_lines, verdict
from agent_forge.experiments.record import source_hashes

THREADS = 1


def run_experiment(
    experiment: Experiment, tier: Tier, seeds: Sequence[int], say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure all arms; returns the record without its hash.

    Arms without a limit of seeds go first, so that an interrupted run has spent its time on what decides.

    Args:
        seeds: paired: the same seed gives every arm the same data.
        say: receives a line per finished trial.
    """
    sources = source_hashes(Path(inspect.getfile(experiment.trial)).parent, experiment.parts)
    results: dict[str, dict[int, dict[str, Any]]] = {arm.name: {} for arm in experiment.arms}
    deciding = [arm for arm in experiment.arms if arm.first_seeds is None]
    ablations = [arm for arm in experiment.arms if arm.first_seeds is not None]
    for arms in (deciding, ablations):
        for seed in seeds:
            for arm in arms:
                if arm.first_seeds is None or seed in seeds[: arm.first_seeds]:
                    earlier = {
                        name: found[seed]["measures"] for name, found in results.items() if seed in found
                    }
                    results[arm.name][seed] = _trial(experiment, arm, tier, seed, earlier)
                    say(_line(arm, seed, results[arm.name][seed]))
    values = {name: {s: r["measures"] for s, r in found.items()} for name, found in results.items()}
    lines = judged_lines(experiment, values, tier)
    return {
        "schemaVersion": 1, "experiment": experiment.id, "tier": tier, "title": experiment.title,
        "claim": experiment.claim, "source": experiment.source, "metric": experiment.metric,
        "direction": experiment.direction, "baseline": experiment.baseline, "notes": experiment.notes,
        "seeds": list(seeds), "budget": dict(experiment.budgets[tier]),
        "environment": {
            "torch": torch.__version__, "python": platform.python_version(), "threads": THREADS,
            "machine": platform.machine(), "device": "cpu",
        },
        "codeHash": hashlib.sha256(canonical_json(sources)).hexdigest(), "sources": sources,
        "configHash": hashlib.sha256(canonical_json(_configuration(experiment, tier, seeds))).hexdigest(),
        "arms": [
            {"name": arm.name, "description": arm.description, "settings": dict(arm.settings),
             "results": list(results[arm.name].values())}
            for arm in experiment.arms
        ],
        "comparisons": compared(experiment.comparisons, values), "lines": lines, "verdict": verdict(lines),
        "cpuSeconds": round(sum(r["cpuSeconds"] for found in results.values() for r in found.values()), 2),
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip


def _trial(
    experiment: Experiment, arm: Arm, tier: Tier, seed: int, earlier: dict[str, Measures]
) -> dict[str, Any]:
    derived: Settings = arm.derive(earlier) if arm.derive else {}
    prepare_process(seed, THREADS)
    started = time.process_time()
    measures = experiment.trial({**experiment.budgets[tier], **arm.settings, **derived}, seed)
    seconds = round(time.process_time() - started, 2)
    return {"seed": seed, "derived": dict(derived), "cpuSeconds": seconds, "measures": measures}


def _configuration(experiment: Experiment, tier: Tier, seeds: Sequence[int]) -> dict[str, Any]:
    """All that was decided before the run."""
    return {
        "experiment": experiment.id, "tier": tier, "seeds": list(seeds),
        "budget": dict(experiment.budgets[tier]), "baseline": experiment.baseline,
        "arms": [
            {"name": arm.name, "settings": dict(arm.settings), "seeds": arm.first_seeds}
            for arm in experiment.arms
        ],
        "lines": [vars(line) for line in experiment.lines],
        "comparisons": [vars(comparison) for comparison in experiment.comparisons],
    }  # fmt: skip


def _line(arm: Arm, seed: int, result: dict[str, Any]) -> str:
    shown = ", ".join(f"{name} {value:.4g}" for name, value in result["measures"].items())
    return f"{arm.name}, seed {seed}: {shown} ({result['cpuSeconds']} CPU-s)"


def to_stderr(text: str) -> None:
    """Talk goes to stderr, data to stdout."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
