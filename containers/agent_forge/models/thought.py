"""What a thinking model has more: input vectors of the two marks, and the head that weighs a thought.

Quiet-STaR, Zelikman et al. 2024 (arXiv 2403.09629), section 4.3: the mixing head reads the state with and the
state without a thought and gives the thought's weight. Its last layer starts at zero, so that a model begins
by saying exactly what it said without thoughts.
Legend: B batch, T tokens, D d_model, V vocabulary rows.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from agent_forge.models.config import ThoughtConfig


class Thought(nn.Module):
    """All tensors of the `thought` block.

    The start and end tokens take two reserved rows of the vocabulary. Their input vectors stand here, beside
    the tied rows, because a tied row that starts as a frequent token's would take that token's probability.
    """

    def __init__(self, config: ThoughtConfig, d_model: int) -> None:
        super().__init__()
        self.config = config
        self.marks = nn.Parameter(torch.zeros(2, d_model))  # start, end, at the size of the residual stream
        self.first = nn.Linear(2 * d_model, d_model)
        self.second = nn.Linear(d_model, d_model)
        self.last_weight = nn.Parameter(torch.zeros(d_model))
        self.last_bias = nn.Parameter(torch.zeros(1))

    @torch.no_grad()
    def initialise(self, generator: torch.Generator) -> None:
        """Unit marks, layers at their width's scale, a last layer of zeros."""
        self.marks.copy_(torch.empty(self.marks.shape).normal_(generator=generator))
        for layer in (self.first, self.second):
            std = layer.in_features**-0.5
            layer.weight.copy_(torch.empty(layer.weight.shape).normal_(0.0, std, generator=generator))
            layer.bias.zero_()
        self.last_weight.zero_()
        self.last_bias.zero_()

    def mark(self, rows_BTD: Tensor, tokens_BT: Tensor) -> Tensor:
        """The embedded tokens with the marks' own vectors where the marks are; others stay bit-equal."""
        for place, row in enumerate(mark_rows(self.config)):
            rows_BTD = torch.where(tokens_BT.eq(row)[..., None], self.marks[place], rows_BTD)
        return rows_BTD

    def weight(self, base: Tensor, thought: Tensor) -> Tensor:
        """Weight of the thought, (...), from the states (..., D) without and with it.

        It is linear as in the paper's code, not squashed: it can start at exactly 0 with a gradient, and may
        leave the range 0 to 1.
        """
        hidden = F.silu(self.first(torch.cat([base, thought], dim=-1)))
        hidden = F.silu(self.second(hidden)).float()
        return (hidden * self.last_weight).sum(-1) + self.last_bias


def mixed_log_probs(base: Tensor, thought: Tensor, weight: Tensor) -> Tensor:
    """log p of the talk: (1 - w) log p_base + w log p_thought, normalised; (..., V).

    Args:
        base, thought: logits (..., V).
        weight: w, (...).
    """
    without, with_thought = base.float().log_softmax(-1), thought.float().log_softmax(-1)
    return torch.lerp(without, with_thought, weight[..., None].float()).log_softmax(-1)


def forbid_marks(logits: Tensor, config: ThoughtConfig) -> Tensor:
    """Logits (..., V) with the start and end rows at minus infinity: they are never sampled.

    A model that thinks never learns not to say them, because no loss asks it.
    """
    if not config.enabled:
        return logits
    start, end = mark_rows(config)
    rows = torch.arange(logits.shape[-1], device=logits.device)
    return logits.masked_fill(rows.eq(start) | rows.eq(end), float("-inf"))


def mark_rows(config: ThoughtConfig) -> tuple[int, int]:
    """Vocabulary rows of start and end.

    Raises:
        ValueError: the config names none.
    """
    if config.start_id is None or config.end_id is None:
        raise ValueError("the model's config names no start and end of thoughts; expected thought.enabled")
    return config.start_id, config.end_id
