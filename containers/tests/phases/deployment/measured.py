"""Measurements as a target is given them, made up: what is chosen from them is what is tested."""

from pathlib import Path

from agent_forge.phases.deployment.adapter import Load, Measured, Point, Variant


def point(variant: str, batch: int, p95_ms: float, throughput: float) -> Point:
    """A point whose percentiles lie close together."""
    load = Load(batch, 32, 1)
    return Point(variant, load, p95_ms * 0.9, p95_ms, p95_ms * 1.1, p95_ms * 1.2, p95_ms, throughput, 100.0)


def measured() -> Measured:
    """Three variants: int8 is fastest, int4 smallest, fp32 truest."""
    variants = {
        name: Variant(name, Path(), size, nats, top1)
        for name, size, nats, top1 in (
            ("fp32", 1000, 2.0, 1.0), ("int8", 400, 2.005, 0.99), ("int4", 250, 2.08, 0.93),
        )
    }  # fmt: skip
    points = [
        point("fp32", 1, 4.0, 8_000), point("fp32", 16, 60.0, 10_000),
        point("int8", 1, 3.0, 9_000), point("int8", 16, 40.0, 14_000),
        point("int4", 1, 5.0, 6_000), point("int4", 16, 80.0, 7_000),
    ]  # fmt: skip
    return Measured(variants, points, 2.0, {})
