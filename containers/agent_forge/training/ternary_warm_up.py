"""What a ternary fine-tune adds to an objective: lambda grows with the step, and thoughts are kept in use."""

from dataclasses import dataclass
from typing import Any

from agent_forge.data.packing import Batch
from agent_forge.models.ternary import set_strength
from agent_forge.training.objective import Losses, Objective


@dataclass(frozen=True)
class TernaryWarmUp:
    """Quantisation at strength min(step / (share * steps), 1), then `objective`.

    Linear growth over the first half of the steps is the recipe that let full-precision models be fine-tuned
    to BitNet b1.58 (arXiv 2402.17764) without losing what they knew. It is a function of the step, so
    that a resumed training needs nothing more.

    Args:
        steps: of the whole training.
        share: of the steps in which the strength grows, 0 (at once) to 1.
    """

    objective: Objective
    steps: int
    share: float

    def strength(self, step: int) -> float:
        """Lambda of a 0-based step."""
        return 1.0 if self.share == 0.0 else min(step / (self.share * self.steps), 1.0)

    def __call__(self, model: Any, batch: Batch, step: int) -> Losses:
        """Losses of one batch; see Objective."""
        strength = self.strength(step)
        set_strength(model, strength)
        losses = self.objective(model, batch, step)
        return Losses(losses.weighted, losses.by_row, {**losses.measured, "strength": strength})


@dataclass(frozen=True)
class Alternating:
    """`second` at every k-th step, `first` at all others: the dearer objective on a share of the batches."""

    first: Objective
    second: Objective
    every: int

    def __call__(self, model: Any, batch: Batch, step: int) -> Losses:
        """Losses of one batch; see Objective."""
        chosen = self.second if step % self.every == self.every - 1 else self.first
        return chosen(model, batch, step)
