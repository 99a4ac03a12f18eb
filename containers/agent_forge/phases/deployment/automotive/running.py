"""Files 08, 09 and 12: how long a call takes, what it needs, if it repeats, and what supervision does."""

import hashlib
import math
import os
import platform
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from agent_forge.automotive.monitor.client import MonitorProcess
from agent_forge.automotive.monitor.gate import Bound, Limits
from agent_forge.automotive.monitor.session import written
from agent_forge.automotive.pack.files import PackFile
from agent_forge.phases.deployment.adapter import Desk
from agent_forge.phases.deployment.automotive.figures import Figures
from agent_forge.phases.deployment.automotive.reader import Reader
from agent_forge.phases.deployment.automotive.strange_inputs import Watch
from agent_forge.phases.deployment.measuring import percentile, resident_mib, timed

GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
IN_A_ROW = 100  # calls of the window in which misses are counted together
MOST_SUPERVISED, FAULTS = 200, 10
WATCHDOG_MS = 60_000.0
PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}


def latency_file(desk: Desk, reader: Reader, watch: Watch) -> tuple[PackFile, float]:
    """Wall time of single calls on named hardware, and the 99th percentile."""
    own, figures = desk.config.own("automotive"), Figures(desk)
    row, budget = watch.known[:1], float(own["deadline_ms"])
    for _ in range(desk.config.warm_ups):
        reader.call(row)
    times = timed(lambda: reader.call(row), int(own["calls"]))
    figures.add("latency_calls", len(times), "calls")
    found = {
        name: figures.add(f"latency_{name}_ms", percentile(times, share), "ms")
        for name, share in PERCENTILES.items()
    }
    figures.add("latency_max_ms", max(times), "ms")
    missed = np.array([each > budget for each in times])
    figures.share("deadline_misses", int(missed.sum()), len(missed))
    together = np.convolve(missed, np.ones(min(IN_A_ROW, len(missed))), "valid").max()
    figures.add("deadline_misses_in_a_row", float(together), f"of {min(IN_A_ROW, len(missed))} calls")
    made = figures.file(
        "08", budgetMs=budget, hardware=dict(desk.measured.hardware), governor=governor(),
        system=platform.platform(), windowTokens=reader.window, histogram=histogram(times),
        note="Percentiles of so many calls on a general-purpose operating system, while other work ran. They"
        " bound no later call.",
    )  # fmt: skip
    return made, found["p99"]


def histogram(times: Sequence[float]) -> list[dict[str, float]]:
    """Calls per bin; bins grow by a quarter each."""
    low, high = min(times), max(times)
    count = max(1, math.ceil(math.log(high / low) / math.log(1.25))) if high > low > 0 else 1
    counts, edges = np.histogram(times, bins=np.geomspace(low, max(high, low * 1.0001), count + 1))
    return [
        {"fromMs": float(edges[place]), "toMs": float(edges[place + 1]), "calls": int(number)}
        for place, number in enumerate(counts)
    ]


def governor() -> str:
    """How the processor's clock is governed, as the system tells it."""
    try:
        return GOVERNOR.read_text(encoding="ascii").strip()
    except OSError:
        return "not told by this system"


def memory_file(desk: Desk, reader: Reader, watch: Watch) -> PackFile:
    """The same call again and again: are its bits the same, does the process grow?"""
    figures, row = Figures(desk), watch.known[:1]
    repeats = int(desk.config.own("automotive")["repeats"])
    first, before = _digest(reader, row), resident_mib()
    same = sum(_digest(reader, row) == first for _ in range(repeats))
    figures.share("identical_repeats", same, repeats)
    figures.add("resident_growth_mib", resident_mib() - before, "MiB over the repeats")
    figures.add("resident_peak_mib", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")
    return figures.file(
        "09", threads=desk.choice.load.threads, seed=desk.context.seed,
        allocation="State has a fixed size and is made when a sequence starts; the runtime allocates the"
        " logits of each call. Growth is measured, not excluded.",
    )  # fmt: skip


def _digest(reader: Reader, row: Any) -> bytes:
    return hashlib.sha256(reader.call(row).tobytes()).digest()


def runtime_file(desk: Desk, reader: Reader, watch: Watch) -> PackFile:
    """Calls under the monitor's process, then faults put in on purpose; reactions are counted."""
    figures, limits = Figures(desk), limits_of(desk, watch)
    rows, trips = watch.known[:MOST_SUPERVISED], []
    with MonitorProcess(limits, WATCHDOG_MS) as monitor:
        for place, row in enumerate(rows):
            monitor.begin(place)
            values, states = reader.said(row[None])
            score = float(watch.near.distance(states)[0])
            asked = time.perf_counter()
            monitor.result(place, values[0].tolist(), score)
            trips.append((time.perf_counter() - asked) * 1e3)
        for name, value in monitor.counters().items():
            figures.add(f"supervised_{name.replace('-', '_')}", value, f"of {len(rows)} calls")
        figures.add("supervision_p50_ms", percentile(trips, 0.5), "ms a round trip")
        for fault in ("no_number", "beyond_range", "strange", "silent"):
            figures.share(f"reacted_{fault}", _reactions(monitor, limits, fault, len(rows)), FAULTS)
        figures.add("monitor_is_another_process", float(monitor.pid != os.getpid()), "1 = yes, 0 = no")
    return figures.file(
        "12", limits=written(limits), watchdogMs=WATCHDOG_MS,
        values=["largest logit by size", "entropy of the next token, nats"],
        fallback="last valid values while they hold, then the declared default, and a hand-over flag that"
        " stays until it is taken back", protocol="JSON lines; see agent_forge.automotive.monitor.session",
    )  # fmt: skip


def limits_of(desk: Desk, watch: Watch) -> Limits:
    """Twice what calibration saw of the logits, all entropies there are, the whole range per deadline."""
    own, most = desk.config.own("automotive"), 2.0 * float(watch.values[:, 0].max())
    ends, seconds = (most, math.log(len(desk.tokenizer))), float(own["deadline_ms"]) / 1e3
    return Limits(
        bounds=tuple(Bound(low=0.0, high=end, rate=end / seconds, default=end) for end in ends),
        deadline_ms=float(own["deadline_ms"]), score_most=watch.threshold,
        hold_ms=float(own["hold_ms"]), hand_over_after=int(own["hand_over_after"]),
    )  # fmt: skip


def _reactions(monitor: MonitorProcess, limits: Limits, fault: str, after: int) -> int:
    """How often a fault was not let through as it was."""
    usual, beyond = [bound.low for bound in limits.bounds], [bound.high * 1e3 for bound in limits.bounds]
    calm, strange = limits.score_most, limits.score_most * 2.0 + 1.0
    values, score = {
        "no_number": ([math.nan] * len(usual), calm), "beyond_range": (beyond, calm),
        "strange": (usual, strange),
    }.get(fault, (usual, calm))  # fmt: skip
    reacted = 0
    for trial in range(FAULTS):
        sequence = number_of(fault, after, trial)
        monitor.begin(sequence)
        patience = limits.deadline_ms / 1e3 + 30.0
        answer = (
            monitor.heard("seq", patience, sequence)
            if fault == "silent"
            else monitor.result(sequence, values, score)
        )
        reacted += answer is not None and answer["verdict"] != "accepted"
    return reacted


def number_of(fault: str, after: int, trial: int) -> int:
    """A sequence number that no other call of the session has."""
    return after + 1 + trial + FAULTS * ("no_number", "beyond_range", "strange", "silent").index(fault)
