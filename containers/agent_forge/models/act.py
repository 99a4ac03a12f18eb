"""Adaptive computation time, Graves 2016 (arXiv 1603.08983): masked for training, compacted for inference.

The combination is Graves' sum over steps, sum_n p^n s^n, and not the recursive blend found in Universal
Transformer code.
Legend: B batch, T tokens, D d_model, R most running tokens of a sequence, N ponder steps.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from agent_forge.models.config import ActConfig

# refine(s_BTD, None) refines every token; refine(s_BRD, rows_BR) refines the tokens at the given places only.
Refine = Callable[[Tensor, Tensor | None], Tensor]


@dataclass(frozen=True)
class Pondered:
    """Outcome per token. `cost` is N + R of section 2, of which only R carries a gradient."""

    state_BTD: Tensor
    cost_BT: Tensor
    steps_BT: Tensor  # int64, the number of steps truly taken
    weights_BTN: Tensor  # halting distribution p^n, sums to 1


class AdaptiveComputation(nn.Module):
    """Halting unit and step embedding shared by all ponder steps."""

    def __init__(self, config: ActConfig, d_model: int) -> None:
        super().__init__()
        self.config = config
        self.halt = nn.Linear(d_model, 1)
        self.step_embedding = nn.Parameter(torch.zeros(config.n_max, d_model))

    def forward(self, x_BTD: Tensor, refine: Refine, compact: bool) -> Pondered:
        """Ponder until every token has halted.

        Args:
            x_BTD: the state before the first step.
            refine: one step of the shared block.
            compact: drop halted tokens from the work (inference) instead of masking them (training).
        """
        batch, length, _ = x_BTD.shape
        # h and its running sum stay in fp32: in bf16 the test against 1 - eps is decided by rounding.
        place = x_BTD.device
        cumulative_BT = torch.zeros(batch, length, dtype=torch.float32, device=place)
        cost_BT = torch.zeros(batch, length, dtype=torch.float32, device=place)
        running_BT = torch.ones(batch, length, dtype=torch.bool, device=place)
        steps_BT = torch.zeros(batch, length, dtype=torch.int64, device=place)
        mixed_BTD = torch.zeros_like(x_BTD)
        state_BTD = x_BTD
        weights: list[Tensor] = []
        for step in range(self.config.n_max):
            state_BTD = self._advance(state_BTD, step, refine, running_BT if compact and step > 0 else None)
            h_BT = self._halting(state_BTD)
            last = step == self.config.n_max - 1
            reached_BT = cumulative_BT + h_BT >= 1.0 - self.config.eps
            halts_BT = running_BT & (torch.ones_like(reached_BT) if last else reached_BT)
            remainder_BT = 1.0 - cumulative_BT
            weight_BT = torch.where(halts_BT, remainder_BT, h_BT) * running_BT
            weights.append(weight_BT)
            mixed_BTD = mixed_BTD + weight_BT.to(x_BTD.dtype)[..., None] * state_BTD
            cost_BT = cost_BT + running_BT + torch.where(halts_BT, remainder_BT, 0.0)
            steps_BT = steps_BT + running_BT
            cumulative_BT = cumulative_BT + torch.where(running_BT & ~halts_BT, h_BT, 0.0)
            running_BT = running_BT & ~halts_BT
            if not bool(running_BT.any()):
                break
        weights += [torch.zeros_like(cost_BT)] * (self.config.n_max - len(weights))
        return Pondered(mixed_BTD, cost_BT, steps_BT, torch.stack(weights, dim=-1))

    def _halting(self, state_BTD: Tensor) -> Tensor:
        """Halting probability in fp32, under autocast too."""
        with torch.autocast(state_BTD.device.type, enabled=False):
            h_BT: Tensor = torch.sigmoid(self.halt(state_BTD.float()).squeeze(-1))
        return h_BT

    def _advance(self, state_BTD: Tensor, step: int, refine: Refine, running_BT: Tensor | None) -> Tensor:
        """One step over all tokens, or over the running ones with the others left as they were."""
        marked_BTD = state_BTD + self.step_embedding[step]
        if running_BT is None:
            return refine(marked_BTD, None)
        most = int(running_BT.sum(dim=1).max())
        # A stable sort brings each sequence's running tokens to the front; shorter ones are filled with
        # halted tokens, whose results carry weight 0.
        rows_BR = torch.argsort(running_BT.to(torch.int8), dim=1, descending=True, stable=True)[:, :most]
        index_BRD = rows_BR[..., None].expand(-1, -1, state_BTD.shape[-1])
        return state_BTD.scatter(1, index_BRD, refine(marked_BTD.gather(1, index_BRD), rows_BR))
