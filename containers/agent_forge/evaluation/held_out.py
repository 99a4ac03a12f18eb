"""Bits per byte and perplexity on held-out text, over strided windows.

Legend: B windows, T tokens of a window, V vocabulary rows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, TextTokenizer
from agent_forge.models.titan import TinyTitan

NATS_PER_BIT = math.log(2.0)


@dataclass(frozen=True)
class HeldOut:
    """Held-out stream with what scoring needs. Every predictor is scored on exactly the same targets."""

    tokens: Tensor  # (n,) int64
    token_bytes: Sequence[bytes]

    @staticmethod
    def of(stream: Tensor, tokenizer: TextTokenizer) -> "HeldOut":
        """A stream of token ids of any integer type as scoring wants it."""
        return HeldOut(stream.long(), tokenizer.token_bytes)

    @property
    def scored(self) -> Tensor:
        """(n,) bool: targets that count. A document's BOS is context, never a target."""
        scored = self.tokens != BOS_ID
        scored[0] = False
        return scored

    @property
    def byte_count(self) -> int:
        """Bytes of text behind the scored targets."""
        return sum(len(self.token_bytes[int(token)]) for token in self.tokens[self.scored])


@dataclass(frozen=True)
class Score:
    """Result over one held-out stream."""

    bits: float
    bytes: int
    tokens: int
    ponder_steps: float
    ponder_spread: float
    accuracy: float  # share of targets that were the model's first choice

    @property
    def bits_per_byte(self) -> float:
        """Code length per byte of text."""
        return self.bits / self.bytes

    @property
    def perplexity(self) -> float:
        """Per-token perplexity; comparable only for one tokenizer."""
        return float(2.0 ** (self.bits / self.tokens))


def windows(length: int, seq_len: int, stride: int) -> list[tuple[int, int]]:
    """(start, first scored target) of windows of `seq_len` inputs; targets 1..length-1 count once each."""
    places = [(0, 1)]
    covered = min(length, seq_len + 1)
    while covered < length:
        end = min(length, covered + stride)
        places.append((max(0, end - seq_len - 1), covered))
        covered = end
    return places


@torch.no_grad()
def score_model(model: TinyTitan, held_out: HeldOut, seq_len: int, stride: int, batch_size: int) -> Score:
    """Score a model; each window starts from an empty state.

    Args:
        seq_len: inputs of a window.
        stride: targets newly scored by each window after the first.
        batch_size: windows per pass.
    """
    model.eval()
    tokens, scored = held_out.tokens.to(model.device), held_out.scored.to(model.device)
    length = len(tokens)
    places = windows(length, seq_len, min(stride, seq_len))
    width = min(seq_len, length - 1)
    nats, right, steps = 0.0, 0, []
    for first in range(0, len(places), batch_size):
        group = places[first : first + batch_size]
        index = torch.tensor([start for start, _ in group])[:, None] + torch.arange(width + 1)
        fresh = (torch.tensor([place for _, place in group])[:, None] <= index[:, 1:]).to(model.device)
        index = index.to(model.device)
        rows = tokens[index]
        output = model(rows[:, :-1], compact=True)
        nll = F.cross_entropy(output.logits_BTV.flatten(0, 1), rows[:, 1:].flatten(), reduction="none")
        counts = fresh & scored[index[:, 1:]]
        nats += float(nll.view_as(counts)[counts].double().sum())
        right += int((output.logits_BTV.argmax(dim=-1) == rows[:, 1:])[counts].sum())
        steps.append(output.steps_BT[counts].double())
    taken = torch.cat(steps)
    spread = float(taken.std(correction=0))
    count = len(taken)
    return Score(nats / NATS_PER_BIT, held_out.byte_count, count, float(taken.mean()), spread, right / count)
