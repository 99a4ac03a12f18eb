"""Batches of phase 5: text and questions at the controller's difficulty, and dreams beside them.

Legend: B rows, T tokens of a row.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from agent_forge.data.packing import ANSWER_WEIGHT, Batch, Sampler


@dataclass(frozen=True)
class MixedBatch(Batch):
    """A batch that says which targets are answers, and which rows are dreams."""

    graded_BT: Tensor  # bool
    dreamed_B: Tensor  # bool


class Difficulty(Protocol):
    """What decides how hard the questions of the next batch are, from 0 to 1."""

    @property
    def difficulty(self) -> float: ...


class Dreamt(Protocol):
    """Rows to replay and their share of the loss."""

    @property
    def share(self) -> float: ...

    def rows(self, step: int, new_rows: int) -> Tensor: ...


@dataclass(frozen=True)
class MixedBatches:
    """Rows of the sampler, and with dreams some of theirs: both weigh (1 - share) and share in the loss."""

    sampler: Sampler
    controller: Difficulty | None = None
    dreams: Dreamt | None = None

    def batch(self, step: int) -> MixedBatch:
        """The batch of 0-based `step`, a function of it and of the companions' state alone."""
        new = self.sampler.batch(step, None if self.controller is None else self.controller.difficulty)
        graded_BT = new.weights_BT == ANSWER_WEIGHT
        real_B = torch.zeros(new.rows, dtype=torch.bool)
        dreamt = None if self.dreams is None else self.dreams.rows(step, new.rows)
        if self.dreams is None or dreamt is None or len(dreamt) == 0:
            return MixedBatch(new.tokens, new.weights_BT, graded_BT, real_B)
        share, dreams_BT = self.dreams.share, torch.ones(len(dreamt), new.weights_BT.shape[1])
        return MixedBatch(
            torch.cat([new.tokens, dreamt]),
            torch.cat([
                new.weights_BT * ((1.0 - share) / new.weights_BT.sum()),
                dreams_BT * (share / dreams_BT.sum()),
            ]),
            torch.cat([graded_BT, torch.zeros_like(dreams_BT, dtype=torch.bool)]),
            torch.cat([real_B, torch.ones(len(dreamt), dtype=torch.bool)]),
        )  # fmt: skip
