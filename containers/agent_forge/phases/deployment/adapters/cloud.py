"""Target `cloud`: most tokens a second while the 95th percentile of a call stays below a bound."""

from agent_forge.phases.deployment.adapter import Adapter, Choice, Desk, Measured, Point
from agent_forge.phases.deployment.config import DeploymentConfig


class Cloud(Adapter):
    """Serving behind a load balancer."""

    target = "cloud"

    def choose(self, config: DeploymentConfig, measured: Measured) -> Choice:
        """The point of highest throughput within the bound; the quickest one where none is within it."""
        bound = float(config.own(self.target)["p95_ms"])
        within = [point for point in measured.points if point.p95_ms <= bound]
        if within:
            best = max(within, key=lambda point: (point.throughput, -point.p95_ms))
            return _chosen(best, True, f"most tokens a second of {len(within)} points within {bound:g} ms")
        quickest = min(measured.points, key=lambda point: point.p95_ms)
        return _chosen(quickest, False, f"no point is within {bound:g} ms; this one is nearest")

    def emit(self, desk: Desk) -> None:
        """Nothing beside the graph yet."""


def _chosen(point: Point, met: bool, why: str) -> Choice:
    return Choice(point.variant, point.load, met, why)


ADAPTER = Cloud()
