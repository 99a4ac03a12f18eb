"""What baking minimises: the divergence from the prompted frozen model, elsewhere from the unprompted one.

Prompt Baking, Bhargava et al. 2024 (arXiv 2409.13697), with a retain term of our own: on rows that the prompt
has nothing to do with, the model stays what it was.

Legend: B rows, T tokens of a row, S tokens with the prompt, V vocabulary rows.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.packing import Batch, permutation
from agent_forge.data.tokenizer import PAD_ID
from agent_forge.models.low_rank import adapters_off
from agent_forge.models.titan import TinyTitan
from agent_forge.training.answers import Answers, divergence, without_shift
from agent_forge.training.loop import Batches
from agent_forge.training.objective import Losses


@dataclass(frozen=True)
class PromptedBatch(Batch):
    """A batch that says what the teacher reads in each row's place."""

    heard_BS: Tensor
    shift_B: Tensor  # tokens that the teacher reads in front and the student does not


@dataclass(frozen=True)
class PromptedBatches:
    """Answers of the prompted model, drawn without replacement per epoch, and rows of `retained` beside them.

    Answers weigh 1 in all, retained rows `weight`.
    """

    answers: Answers
    batch_size: int
    seed: int
    retained: Batches | None = None
    weight: float = 0.1

    def batch(self, step: int) -> PromptedBatch:
        """The batch of 0-based `step`, a function of it alone."""
        count = len(self.answers)
        numbers = range(step * self.batch_size, (step + 1) * self.batch_size)
        chosen = torch.tensor([int(permutation(self.seed, n // count, count)[n % count]) for n in numbers])
        part = self.answers.rows(chosen)
        weights_BT = part.answer_NT[:, 1:].float()
        weights_BT = weights_BT / weights_BT.sum()
        shift_B = torch.full((len(part),), part.shift)
        if self.retained is None or self.weight == 0:
            return PromptedBatch(part.said_NT, weights_BT, part.heard_NS, shift_B)
        kept_BT = self.retained.batch(step).tokens
        padding = part.heard_NS.shape[1] - kept_BT.shape[1]
        kept_weights = torch.full(kept_BT[:, 1:].shape, self.weight / kept_BT[:, 1:].numel())
        return PromptedBatch(
            torch.cat([part.said_NT, kept_BT]),
            torch.cat([weights_BT, kept_weights]),
            torch.cat([part.heard_NS, F.pad(kept_BT, (0, padding), value=PAD_ID)]),
            torch.cat([shift_B, torch.zeros(len(kept_BT), dtype=torch.int64)]),
        )


@dataclass(frozen=True)
class PromptKL:
    """Weighted mean divergence in nats, and the ponder cost times `tau`.

    Args:
        tau: weight of the ponder cost by step.
        teacher: the frozen model; None is the model itself with its adapters off.
    """

    tau: Callable[[int], float]
    teacher: TinyTitan | None = None

    def __call__(self, model: Any, batch: Batch, step: int) -> Losses:
        """Losses of one pass; see Objective."""
        prompted, tau = cast(PromptedBatch, batch), self.tau(step)
        length = batch.weights_BT.shape[1]
        teacher = model if self.teacher is None else self.teacher
        with torch.no_grad(), adapters_off(model) if self.teacher is None else nullcontext():
            heard = teacher(prompted.heard_BS[:, :-1], compact=True).logits_BTV
            known_BTV = without_shift(heard, prompted.shift_B, length)
        output = model(batch.tokens[:, :-1])
        kl_BT = divergence(known_BTV, output.logits_BTV)
        by_row = tau * output.cost_BT.mean() if model.act is not None else None
        measured = {"ponder_steps": float(output.steps_BT.float().mean())}
        return Losses((kl_BT * batch.weights_BT).sum() / batch.weights_BT.sum(), by_row, measured)
