"""Target `cloud`: most tokens a second while the 95th percentile of a call stays below a bound."""

import json
from dataclasses import dataclass
from typing import Any

from agent_forge.artifacts import JSON_TYPE
from agent_forge.phases.deployment.adapter import Adapter, Choice, Desk, Measured, Point
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.phases.deployment.open_loop import open_loop, poisson_arrivals
from agent_forge.phases.deployment.serving_template import Serving, serving_dockerfile, serving_template


class Cloud(Adapter):
    """Serving behind a load balancer, as many tasks as there are calls for."""

    target = "cloud"

    def choose(self, config: DeploymentConfig, measured: Measured) -> Choice:
        """The point of highest throughput within the bounds; where none is, the quickest that loses least."""
        own = config.own(self.target)
        bound, most = float(own["p95_ms"]), float(own["most_nats"])
        true = {name for name, each in measured.variants.items() if each.nats - measured.input_nats <= most}
        usable = [point for point in measured.points if point.variant in true]
        within = [point for point in usable if point.p95_ms <= bound]
        if within:
            best = max(within, key=lambda point: (point.throughput, -point.p95_ms))
            why = f"most tokens a second of {len(within)} points within {bound:g} ms and {most:g} nats"
            return Choice(best.variant, best.load, True, why)
        nearest = min(usable or measured.points, key=lambda point: point.p95_ms)
        why = f"no point is within {bound:g} ms and {most:g} nats; this one is nearest"
        return Choice(nearest.variant, nearest.load, False, why)

    def emit(self, desk: Desk) -> None:
        """Measure queueing; write batch settings, container definition and template."""
        own = desk.config.own(self.target)
        point = next(
            each
            for each in desk.measured.points
            if (each.variant, each.load) == (desk.choice.variant, desk.choice.load)
        )
        rate = float(own["load"]) * 1e3 / point.p50_ms
        found = queueing(desk, rate, int(own["requests"]))
        bound = float(own["p95_ms"])
        for name, value, unit in (
            ("arrivals_per_second", rate, "calls/s"), ("open_loop_p50_ms", found.p50, "ms"),
            ("open_loop_p95_ms", found.p95, "ms"), ("open_loop_p99_ms", found.p99, "ms"),
            ("closed_loop_p95_ms", point.p95_ms, "ms"),
            ("open_loop_met", float(found.p95 <= bound), "1 = within the bound, 0 = not"),
        ):  # fmt: skip
            desk.record(f"cloud/{name}", value, unit)
        settings = batch_settings(desk, point, rate)
        desk.write("serving.json", _json(settings), JSON_TYPE)
        template = serving_template(
            Serving(
                threads=point.load.threads,
                least_tasks=int(own["least_tasks"]),
                most_tasks=int(own["most_tasks"]),
                calls_per_minute=rate * point.load.batch * 60,
            )
        )
        desk.write("serving-template.json", _json(template), JSON_TYPE)
        desk.write("serving.Dockerfile", serving_dockerfile(settings), "text/plain")


@dataclass(frozen=True)
class Queueing:
    """Percentiles of the open-loop test, in milliseconds from when a call was meant to be sent."""

    p50: float
    p95: float
    p99: float


def queueing(desk: Desk, rate: float, requests: int) -> Queueing:
    """Let calls arrive at random at `rate` per second and serve them one after the other."""
    from agent_forge.graphs.session import GraphSession
    from agent_forge.phases.deployment.measuring import percentile, random_tokens

    load = desk.choice.load
    session = GraphSession.open(desk.chosen.folder, load.threads)
    tokens = random_tokens(session, load.batch, load.sequence, desk.context.seed)
    state = session.start(load.batch)
    for _ in range(desk.config.warm_ups):
        session.step(tokens, state)
    arrivals = poisson_arrivals(rate, requests, desk.context.seed)
    times = open_loop(lambda: session.step(tokens, state), arrivals)
    return Queueing(percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99))


def batch_settings(desk: Desk, point: Point, rate: float) -> dict[str, Any]:
    """How a server puts requests together: up to the chosen batch, waiting no longer than the bound leaves.

    A request may wait for others, then for a batch that is being served, then for its own.
    """
    bound = float(desk.config.own("cloud")["p95_ms"])
    return {
        "variant": desk.choice.variant, "threads": point.load.threads, "maxBatch": point.load.batch,
        "maxWaitMs": round(max(0.0, bound - 2 * point.p95_ms), 3), "sequence": point.load.sequence,
        "callsPerSecond": rate, "measuredOn": dict(desk.measured.hardware),
    }  # fmt: skip


def _json(document: Any) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


ADAPTER = Cloud()
