"""What phase 5 minimises: next tokens, dreams and the self-model in one sum; each part can be left out.

Legend: B rows, T tokens of a row, V vocabulary rows, R dreamt rows.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.packing import Batch
from agent_forge.models.titan import TinyTitan, TitanOutput
from agent_forge.training.mixed_batches import MixedBatch
from agent_forge.training.objective import Losses
from agent_forge.training.self_model import SelfModel, tap


def always_one(_: int) -> float:
    """The softmax as it is."""
    return 1.0


@dataclass(frozen=True, kw_only=True)
class MixedObjective:
    """With only `tau` given it is NextToken, bit by bit.

    Args:
        tau: weight of the ponder cost by step.
        temperature: divides the logits of the loss by step; see `heated`.
        teacher: model whose distribution dreams are learned from; None learns their tokens.
        self_model: None without one.
    """

    tau: Callable[[int], float]
    temperature: Callable[[int], float] = always_one
    teacher: TinyTitan | None = None
    self_model: SelfModel | None = None

    def __call__(self, model: TinyTitan, batch: Batch, step: int) -> Losses:
        """Losses of one pass; see Objective."""
        mixed = cast(MixedBatch, batch)
        with ExitStack() as stack:
            tapped = stack.enter_context(tap(model)) if self.self_model is not None else []
            output = model(mixed.tokens[:, :-1])
        logits_BTV, next_BT = output.logits_BTV.float(), mixed.tokens[:, 1:]
        temperature = self.temperature(step)
        heated_BTV = logits_BTV if temperature == 1.0 else logits_BTV / temperature
        nll = F.cross_entropy(heated_BTV.flatten(0, 1), next_BT.flatten(), reduction="none")
        measured = {"right": graded_right(logits_BTV, mixed), "graded": mean_per_row(mixed.graded_BT)}
        if bool(mixed.dreamed_B.any()):
            nll, found = self._with_dreams(nll.view_as(next_BT), logits_BTV, mixed)
            measured |= found
        weights = mixed.weights_BT.flatten()
        by_row = self.tau(step) * output.cost_BT.mean() if model.act is not None else None
        measured |= _pondered(output, self.tau(step))
        if self.self_model is not None:
            tapped_BTD = tapped[0][:, -next_BT.shape[1] :]
            error, found = self.self_model.error(output.hidden_BTD, tapped_BTD)
            auxiliary = self.self_model.weight_at(step) * error
            by_row = auxiliary if by_row is None else by_row + auxiliary
            measured |= found
        return Losses((nll * weights).sum() / weights.sum(), by_row, measured)

    def _with_dreams(
        self, nll_BT: Tensor, logits_BTV: Tensor, batch: MixedBatch
    ) -> tuple[Tensor, dict[str, float]]:
        """Loss per token, (B * T,), where those of dreams are the divergence from the teacher."""
        dreamed_B = batch.dreamed_B
        if self.teacher is not None:
            with torch.no_grad():
                known_RTV = self.teacher(batch.tokens[dreamed_B, :-1]).logits_BTV.float().log_softmax(-1)
            own_RTV = logits_BTV[dreamed_B].log_softmax(-1)
            divergence_RT = (known_RTV.exp() * (known_RTV - own_RTV)).sum(-1)
            nll_BT = nll_BT.index_put((dreamed_B,), divergence_RT)
        shown = {"dream_loss": float(nll_BT[dreamed_B].detach().mean())}
        return nll_BT.flatten(), shown


def graded_right(logits_BTV: Tensor, batch: MixedBatch) -> float:
    """Graded targets that are the model's first choice, per row."""
    right_BT = (logits_BTV.detach().argmax(-1) == batch.tokens[:, 1:]) & batch.graded_BT
    return mean_per_row(right_BT)


def mean_per_row(flags_BT: Tensor) -> float:
    """Flags that are set, per row."""
    return float(flags_BT.sum()) / len(flags_BT)


def heated(start: float, steps: int) -> Callable[[int], float]:
    """Temperature curriculum: the softmax of the loss begins at `start` and comes linearly to 1.

    The inverse temperature of the loss shapes how a network learns, not only how sure it is (Agarwala et al.
    2020, arXiv 2010.07344). Evaluation is always at 1.

    Args:
        start: above 0; 1 switches the curriculum off.
        steps: steps until 1, from 0.
    """

    def temperature(step: int) -> float:
        if start == 1.0 or step >= steps:
            return 1.0
        return start + (1.0 - start) * step / steps

    return temperature


def _pondered(output: TitanOutput, tau: float) -> dict[str, float]:
    steps = output.steps_BT.float()
    return {
        "tau": tau,
        "ponder_cost": float(output.cost_BT.detach().mean()),
        "ponder_steps": float(steps.mean()),
        "ponder_one_share": float((steps == 1).float().mean()),
    }
