"""What makes the three variants differ. They share every tensor name and shape, the base and the schedule."""

from dataclasses import dataclass

from agent_forge.data.mixtures import Mixture


@dataclass(frozen=True)
class Variant:
    """One continuation of the base.

    `share` and `tau` scale the settings `synthetic_share` and `ponder_tau`; `write_bias` is added to the bias
    of the memory's write gate when the continuation begins. On which measure each should beat the others is
    stated as its strength in contracts/phases.json.
    """

    name: str
    task: str
    share: float
    tau: float
    write_bias: float
    ramp: float

    def mixture(self, synthetic_share: float) -> Mixture:
        """Rows of the continuation."""
        return Mixture(self.task, min(0.95, self.share * synthetic_share), self.ramp)


BASE = Variant(name="base", task="graded", share=0.5, tau=0.0, write_bias=0.0, ramp=0.0)

VARIANTS = (
    Variant(name="reasoning", task="hops", share=1.0, tau=5.0, write_bias=0.0, ramp=0.0),
    Variant(name="memory", task="recall", share=1.0, tau=5.0, write_bias=0.25, ramp=0.0),
    # Pondering costs this one next to nothing, so that it may ponder where that pays; the others pay in full.
    Variant(name="adaptive", task="graded", share=0.5, tau=0.05, write_bias=0.0, ramp=0.0),
)
