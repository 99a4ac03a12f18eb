"""Batches of tool examples, and rows of what the model knew beside them.

Legend: B rows, T tokens of a row.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from agent_forge.data.packing import Batch, Sampler, permutation
from agent_forge.tools.transcript import Rows


@dataclass(frozen=True)
class ToolBatches:
    """Examples, drawn without replacement per epoch, and rows of `replayed` beside them.

    What is learned of the examples weighs 1 - `share` in the loss, replayed rows weigh `share`.
    """

    rows: Rows
    batch_size: int
    seed: int
    replayed: Sampler | None
    share: float

    def batch(self, step: int) -> Batch:
        """The batch of 0-based `step`, a function of it alone."""
        count = len(self.rows)
        numbers = range(step * self.batch_size, (step + 1) * self.batch_size)
        chosen = torch.tensor([int(permutation(self.seed, n // count, count)[n % count]) for n in numbers])
        tokens, learned = self.rows.tokens_NT[chosen], self.rows.learned_NT[chosen]
        length = int(learned.any(dim=0).nonzero().max()) + 1
        tokens, weights_BT = tokens[:, :length], learned[:, 1:length].float()
        if self.replayed is None or self.share == 0:
            return Batch(tokens, weights_BT)
        old = self.replayed.batch(step)
        old_BT, old_weights_BT = old.tokens[:, :length], old.weights_BT[:, : length - 1]
        return Batch(
            torch.cat([tokens, old_BT]),
            torch.cat([_weighing(weights_BT, 1.0 - self.share), _weighing(old_weights_BT, self.share)]),
        )


def _weighing(weights_BT: Tensor, all_together: float) -> Tensor:
    return weights_BT * (all_together / weights_BT.sum())
