"""Target `edge`: fewest bytes under a bound on what the model may lose."""

from agent_forge.phases.deployment.adapter import Adapter, Choice, Desk, Measured
from agent_forge.phases.deployment.config import DeploymentConfig


class Edge(Adapter):
    """A device that downloads the model once and runs it alone."""

    target = "edge"

    def choose(self, config: DeploymentConfig, measured: Measured) -> Choice:
        """The smallest variant within the bound, one row at a time; the truest one where none is within."""
        bound = float(config.own(self.target)["most_nats"])
        lost = {name: each.nats - measured.input_nats for name, each in measured.variants.items()}
        within = [name for name, loss in lost.items() if loss <= bound]
        pool = within or [min(lost, key=lambda name: lost[name])]
        variant = min(pool, key=lambda name: measured.variants[name].bytes)
        points = [point for point in measured.points if point.variant == variant]
        point = min(points, key=lambda point: (point.load.batch, point.p50_ms))
        why = f"fewest bytes of {len(within)} variants that lose at most {bound:g} nats a token"
        if not within:
            why = f"no variant loses at most {bound:g} nats a token; this one loses least"
        return Choice(variant, point.load, bool(within), why)

    def emit(self, desk: Desk) -> None:
        """Nothing beside the graph yet."""


ADAPTER = Edge()
