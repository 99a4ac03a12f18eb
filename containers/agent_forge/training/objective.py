"""What a training minimises: a function of model, batch and step that a phase may bring along.

Legend: B rows, T tokens, V vocabulary rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.packing import Batch
from agent_forge.models.titan import TinyTitan


@dataclass(frozen=True)
class Losses:
    """What an objective found on a batch; the sum of both means is minimised.

    The kinds of mean are kept apart because a batch that does not fit into memory is taken in parts: each
    mean is then put together from those of the parts by the share of what it is a mean over.

    Args:
        weighted: mean over the batch's token weights, (); shown as `loss`.
        by_row: mean over the batch's rows, with its factor, (); None where there is no such term.
        measured: means over the rows for the log, by name.
    """

    weighted: Tensor
    by_row: Tensor | None = None
    measured: Mapping[str, float] = field(default_factory=dict)


class Objective(Protocol):
    """Losses of a model on a batch at a 0-based step; the same arguments always give the same losses."""

    def __call__(self, model: Any, batch: Batch, step: int) -> Losses: ...


@dataclass(frozen=True)
class NextToken:
    """Weighted mean next-token loss in nats, and the mean ponder cost times `tau` of the step."""

    tau: Callable[[int], float]

    def __call__(self, model: TinyTitan, batch: Batch, step: int) -> Losses:
        """Losses of one pass; see Objective."""
        tau = self.tau(step)
        output = model(batch.tokens[:, :-1])
        logits = output.logits_BTV.flatten(0, 1).float()
        nll = F.cross_entropy(logits, batch.tokens[:, 1:].flatten(), reduction="none")
        weights = batch.weights_BT.flatten()
        ponder, steps = output.cost_BT.mean(), output.steps_BT.float()
        return Losses(
            (nll * weights).sum() / weights.sum(),
            tau * ponder if model.act is not None else None,
            {
                "tau": tau,
                "ponder_cost": float(ponder.detach()),
                "ponder_steps": float(steps.mean()),
                "ponder_one_share": float((steps == 1).float().mean()),
            },
        )
