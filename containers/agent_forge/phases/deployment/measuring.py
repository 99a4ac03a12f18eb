"""The stage that times graphs: every variant under every load, one call after the other, on named hardware.

Times are of this machine while it did whatever else it did: gates never ask for them, the choice does.
"""

import math
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from agent_forge.artifacts import publish_json, read_json
from agent_forge.data.tokenizer import RESERVED_ROWS
from agent_forge.graphs.session import RUNTIME, GraphSession
from agent_forge.phase import PhaseContext
from agent_forge.phases.deployment.adapter import Load, Point, Variant
from agent_forge.phases.deployment.adapters import adapter_of
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.phases.deployment.exporting import SCORES
from agent_forge.phases.deployment.shelf import variants_of

POINTS = "points"
STATUS = Path("/proc/self/statm")


def measure_graphs(context: PhaseContext) -> None:
    """Time what the target's plan names; publish the points, and first and next token of each variant."""
    config = DeploymentConfig.of(context.config)
    plan = adapter_of(config.target).plan(config)
    (output,) = context.stage_outputs("export")
    variants = variants_of(output, read_json(output, SCORES), context.work / "graphs")
    checkpoint = context.checkpoints.latest()
    done: dict[str, Any] = {} if checkpoint is None else dict(checkpoint.resume)
    asked = [(name, load) for name in plan.variants for load in plan.loads]
    for place, (name, load) in enumerate(asked):
        context.tracker.progress(place, len(asked), f"timing {name} {load.name}")
        key = f"{name}_{load.name}"
        if key not in done:
            done[key] = asdict(time_point(variants[name], load, plan.calls, plan.warm_ups, context.seed))
            if context.checkpoints.due():
                context.checkpoints.save(len(done), {}, done, {})
    context.tracker.progress(len(asked), len(asked), "timed")
    points = [point_of(done[f"{name}_{load.name}"]) for name, load in asked]
    for point in points:
        record_point(context, point)
    for name in plan.variants:
        record_decoding(context, config, variants[name])
    publish_json(context, POINTS, {"hardware": hardware(), "points": [asdict(each) for each in points]})


def time_point(variant: Variant, load: Load, calls: int, warm_ups: int, seed: int) -> Point:
    """Calls one after the other, each from an empty state, on random tokens."""
    session = GraphSession.open(variant.folder, load.threads)
    tokens = random_tokens(session, load.batch, load.sequence, seed)
    state = session.start(load.batch)
    for _ in range(warm_ups):
        session.step(tokens, state)
    cpu = time.process_time()
    times = timed(lambda: session.step(tokens, state), calls)
    cpu_ms = (time.process_time() - cpu) * 1e3 / calls
    tokens_a_second = load.batch * load.sequence * calls * 1e3 / sum(times)
    p50, p95, p99 = (percentile(times, share) for share in (0.5, 0.95, 0.99))
    return Point(
        variant.name, load, p50, p95, p99, max(times), cpu_ms, tokens_a_second, resident_mib()
    )  # fmt: skip


def timed(call: Callable[[], object], calls: int) -> list[float]:
    """Wall milliseconds of each call."""
    times = []
    for _ in range(calls):
        begin = time.perf_counter()
        call()
        times.append((time.perf_counter() - begin) * 1e3)
    return times


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values is not above: one that was measured."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def random_tokens(session: GraphSession, batch: int, length: int, seed: int) -> Any:
    """Token ids (B, T), none of them reserved."""
    rows = session.document["model"]["vocabRows"]
    return np.random.default_rng(seed).integers(RESERVED_ROWS, rows, (batch, length), dtype=np.int64)


def record_point(context: PhaseContext, point: Point) -> None:
    """Every figure of a point as a record of its own."""
    subject = f"{point.variant}_{point.load.name}"
    for measure, value, unit in (
        ("p50_ms", point.p50_ms, "ms"), ("p95_ms", point.p95_ms, "ms"), ("p99_ms", point.p99_ms, "ms"),
        ("max_ms", point.max_ms, "ms"), ("cpu_ms", point.cpu_ms, "ms"),
        ("tokens_per_second", point.throughput, "tokens/s"), ("rss_mib", point.rss_mib, "MiB"),
    ):  # fmt: skip
        record(context, f"{subject}/{measure}", value, unit, point.variant)


def record_decoding(context: PhaseContext, config: DeploymentConfig, variant: Variant) -> None:
    """First token after a prompt, and each next one with the state of those before: they cost differently."""
    session = GraphSession.open(variant.folder, config.thread_counts[0])
    prompt = random_tokens(session, 1, config.sequences[0], context.seed)
    first = timed(lambda: session.step(prompt, session.start(1)), config.warm_ups + config.decode_tokens)
    _, state = session.step(prompt, session.start(1))
    token, times = prompt[:, :1], []
    for place in range(config.warm_ups + config.decode_tokens):
        begin = time.perf_counter()
        _, state = session.step(token, state)
        if place >= config.warm_ups:
            times.append((time.perf_counter() - begin) * 1e3)
    record(
        context,
        f"{variant.name}/first_token_ms",
        percentile(first[config.warm_ups :], 0.5),
        "ms",
        variant.name,
    )
    record(context, f"{variant.name}/next_token_ms", percentile(times, 0.5), "ms", variant.name)
    record(context, f"{variant.name}/next_token_p95_ms", percentile(times, 0.95), "ms", variant.name)


def point_of(document: Mapping[str, Any]) -> Point:
    """A point as it was published."""
    return Point(**{**document, "load": Load(**document["load"])})


def hardware() -> dict[str, Any]:
    """What it ran on, in words."""
    return {
        "processor": processor(), "cores": os.cpu_count(), "system": platform.platform(),
        "runtime": RUNTIME,
    }  # fmt: skip


def processor() -> str:
    """The processor's name as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def resident_mib() -> float:
    """Memory that this process holds now; 0 where the system does not tell."""
    try:
        pages = int(STATUS.read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def record(context: PhaseContext, name: str, value: float, unit: str, model: str) -> None:
    """One metric record of a time or a size on this machine."""
    context.tracker.record(name, value, unit, source=f"{__name__}.measure_graphs", model=model)
