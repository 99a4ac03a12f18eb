"""Learning rate and ponder-cost weight as pure functions of the step."""

import math
from dataclasses import dataclass

TAU_QUIET = 0.6  # share of the training during which pondering is nearly free
TAU_FLOOR = 0.025  # of the final weight, during that share


@dataclass(frozen=True)
class Schedule:
    """Linear warm-up, then cosine from `peak` to `peak * floor`, over `steps`."""

    peak: float
    steps: int
    warmup: int
    floor: float

    def rate(self, step: int) -> float:
        """Learning rate of 0-based `step`."""
        if step < self.warmup:
            return self.peak * (step + 1) / self.warmup
        progress = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.peak * (self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * progress)))


def ponder_weight(final: float, step: int, steps: int) -> float:
    """tau: nearly 0 for the first 60 %, then linear to `final`.

    A cost from the start makes hard cases, while they are unsolved, ponder least ("giving up").
    """
    quiet = TAU_QUIET * steps
    if step < quiet:
        return final * TAU_FLOOR
    return final * (TAU_FLOOR + (1.0 - TAU_FLOOR) * min(1.0, (step + 1 - quiet) / max(1.0, steps - quiet)))
