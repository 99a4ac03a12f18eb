"""The gradient of a batch, taken in as many parts as memory asks for: the same mean as of the whole."""

from dataclasses import dataclass

import torch
from torch import nn

from agent_forge import ranks
from agent_forge.data.packing import Batch
from agent_forge.training.objective import Objective


@dataclass(frozen=True)
class Found:
    """The weighted loss of a batch and what else its objective measured, over all parts."""

    loss: float
    measured: dict[str, float]


def rows_at_once(batch: Batch, halvings: int) -> int:
    """Rows of a micro-batch after so many halvings of the largest share of a process, at least 1."""
    return max(1, -(-batch.rows // (ranks.count() * 2**halvings)))


def accumulate(
    model: nn.Module, batch: Batch, objective: Objective, step: int, *, halvings: int, precision: torch.dtype
) -> Found:
    """Add the gradient of the batch's losses, on the rows of this process, to the parameters' `grad`.

    A mean over token weights enters with the part's share of the weights, a mean over rows with its share of
    the rows. With one part both shares are exactly 1, so that nothing is rounded.

    Args:
        batch: on the model's device.
        halvings: the batch is taken in parts of `rows_at_once` rows.
        precision: of matrix products; other than float32 it is an autocast.
    """
    device = batch.tokens.device
    size, loss, measured = rows_at_once(batch, halvings), 0.0, dict[str, float]()
    whole, own = batch.weights_BT.sum(), ranks.own_share(batch.rows)
    for first in range(own.start, own.stop, size):
        part = batch.part(first, min(first + size, own.stop))
        of_weights, of_rows = float(part.weights_BT.sum() / whole), part.rows / batch.rows
        with torch.autocast(device.type, precision, enabled=precision is not torch.float32):
            losses = objective(model, part, step)
        terms = [] if losses.by_row is None else [losses.by_row * of_rows]
        # A part whose tokens all weigh nothing has no weighted mean.
        if of_weights != 0:
            terms.insert(0, losses.weighted * of_weights)
            loss += float(terms[0].detach())
        if terms:
            torch.stack(terms).sum().backward()
        for name, value in losses.measured.items():
            measured[name] = measured.get(name, 0.0) + value * of_rows
    return Found(loss, measured)
