"""What a training has survived so far, and so what a resumed one has to go on with."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

MAX_HALVINGS = 4  # of the micro-batch
MAX_SKIPS_IN_A_ROW = 3


@dataclass(frozen=True)
class Endured:
    """Stands in every checkpoint of a training.

    Args:
        halvings: how often the micro-batch was halved because memory ran out, 0 to MAX_HALVINGS.
        rate_factor: what the scheduled learning rate is multiplied by, in (0, 1].
        skipped: steps whose loss or gradient was not finite; the weights of the step before were kept.
        rolled_back: whether the training went back to a checkpoint already.
        in_a_row: steps skipped since the last good one; no checkpoint is taken before it is 0 again.
    """

    halvings: int = 0
    rate_factor: float = 1.0
    skipped: tuple[int, ...] = ()
    rolled_back: bool = False
    in_a_row: int = 0

    @staticmethod
    def of(resume: Mapping[str, Any]) -> "Endured":
        """What the resume document of a checkpoint says; nothing where it says nothing."""
        document = resume.get("endured", {})
        return Endured(**{**document, "skipped": tuple(document.get("skipped", ()))})

    def to_json(self) -> dict[str, Any]:
        """For the resume document."""
        return {**asdict(self), "skipped": list(self.skipped)}

    def halved(self) -> "Endured":
        """After memory ran out."""
        return replace(self, halvings=self.halvings + 1)

    def failing(self, step: int) -> "Endured":
        """After a step that was not finite: it is skipped at half the rate, or it is one too many."""
        if self.in_a_row == MAX_SKIPS_IN_A_ROW:
            return replace(self, in_a_row=self.in_a_row + 1)
        skipped = (*self.skipped, step)
        return replace(self, skipped=skipped, in_a_row=self.in_a_row + 1, rate_factor=self.rate_factor / 2)

    @property
    def too_often(self) -> bool:
        """Whether skipping has not helped."""
        return self.in_a_row > MAX_SKIPS_IN_A_ROW

    def going_on(self) -> "Endured":
        """After a good step."""
        return replace(self, in_a_row=0)

    def back_at(self, step: int) -> "Endured":
        """After going back to the checkpoint of `step`, with the rate as low as it had become."""
        skipped = tuple(number for number in self.skipped if number < step)
        return replace(self, skipped=skipped, in_a_row=0, rolled_back=True)

    def shown(self) -> dict[str, float]:
        """For the log; empty while nothing has happened."""
        if self == Endured():
            return {}
        return {
            "micro_batch_halvings": self.halvings,
            "rate_factor": self.rate_factor,
            "skipped_steps": len(self.skipped),
            "rolled_back": float(self.rolled_back),
        }
