"""Counting models that a trained model has to beat, fitted on windows of exactly the text that it saw.

All of them are scored by `bits_per_byte` on the targets of `HeldOut`, so that numbers are comparable with a
model's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from agent_forge.evaluation.held_out import HeldOut

BYTES = 256
START = 256  # stands for the byte before a document's first


@dataclass(frozen=True)
class PairCounts:
    """Counts of (previous, next) as sorted codes previous * width + next: small for any vocabulary."""

    width: int
    codes: Tensor
    counts: Tensor  # float64, per code

    @staticmethod
    def of(rows: Tensor, width: int) -> "PairCounts":
        """Count adjacent pairs inside each row (n, length) of ids < width."""
        codes, counts = torch.unique((rows[:, :-1] * width + rows[:, 1:]).flatten(), return_counts=True)
        return PairCounts(width, codes, counts.double())

    def count(self, previous: Tensor, following: Tensor) -> Tensor:
        """How often each pair was seen."""
        code = previous * self.width + following
        place = torch.searchsorted(self.codes, code).clamp_max(len(self.codes) - 1)
        return torch.where(self.codes[place] == code, self.counts[place], 0.0)

    def sums(self, values: Tensor, by_previous: bool) -> Tensor:
        """Sum of `values` (one per code) for each previous, or each following, id."""
        key = self.codes // self.width if by_previous else self.codes % self.width
        return torch.zeros(self.width, dtype=torch.float64).index_add_(0, key, values)


def token_unigram(seen: Tensor, held_out: HeldOut, usable: int) -> float:
    """Add-one unigram over tokens; bits per byte.

    Args:
        seen: (n, T + 1) windows of training text.
        held_out: what to score.
        usable: how many rows of the vocabulary can occur in text; the rest gets no probability.
    """
    counts = torch.bincount(seen[:, 1:].flatten(), minlength=len(held_out.token_bytes)).double()
    targets = held_out.tokens[held_out.scored]
    return _bits_per_byte((counts[targets] + 1.0) / (counts.sum() + usable), held_out)


def token_bigram(seen: Tensor, held_out: HeldOut, usable: int) -> float:
    """Add-one bigram over tokens; bits per byte. Arguments as for `token_unigram`."""
    pairs = PairCounts.of(seen, len(held_out.token_bytes))
    context = pairs.sums(pairs.counts, by_previous=True)
    previous, targets = _pairs(held_out)
    return _bits_per_byte((pairs.count(previous, targets) + 1.0) / (context[previous] + usable), held_out)


def kneser_ney_bigram(seen: Tensor, held_out: HeldOut, usable: int) -> float:
    """Interpolated Kneser-Ney bigram over tokens; continuation counts are discounted against a uniform."""
    previous, targets = _pairs(held_out)
    return _bits_per_byte(
        kneser_ney(PairCounts.of(seen, len(held_out.token_bytes)), usable)(previous, targets), held_out
    )


@dataclass(frozen=True)
class _KneserNey:
    pairs: PairCounts
    discount: float
    context: Tensor
    distinct: Tensor
    continuation: Tensor

    def __call__(self, previous: Tensor, following: Tensor) -> Tensor:
        lower = self.continuation[following]
        total = self.context[previous]
        direct = (self.pairs.count(previous, following) - self.discount).clamp_min(0.0)
        mixed = (direct + self.discount * self.distinct[previous] * lower) / total.clamp_min(1.0)
        return torch.where(total > 0, mixed, lower)


def kneser_ney(pairs: PairCounts, usable: int) -> _KneserNey:
    """Fit; returns P(following | previous)."""
    once, twice = (float((pairs.counts == n).sum()) for n in (1, 2))
    discount = once / (once + 2.0 * twice) if once else 0.5
    ones = torch.ones_like(pairs.counts)
    arrivals = pairs.sums(ones, by_previous=False)
    spare = discount * float((arrivals > 0).sum()) / float(arrivals.sum())
    continuation = (arrivals - discount).clamp_min(0.0) / arrivals.sum() + spare / usable
    context, distinct = pairs.sums(pairs.counts, by_previous=True), pairs.sums(ones, by_previous=True)
    return _KneserNey(pairs, discount, context, distinct, continuation)


def byte_bigram(seen: Tensor, held_out: HeldOut) -> float:
    """Add-one bigram over the bytes of the same text; bits per byte."""
    table = held_out.token_bytes
    rows = [_bytes_of(row.tolist(), table) for row in seen]
    width = BYTES + 1
    counts = torch.zeros(width * width, dtype=torch.float64)
    for row in rows:
        counts += torch.bincount(row[:-1] * width + row[1:], minlength=width * width)
    context = counts.view(width, width)[:, :BYTES].sum(dim=1)
    text = _bytes_of(held_out.tokens.tolist(), table)
    previous, targets = text[:-1], text[1:]
    inside = targets != START
    previous, targets = previous[inside], targets[inside]
    probability = (counts[previous * width + targets] + 1.0) / (context[previous] + BYTES)
    return _bits(probability) / len(targets)


def _bytes_of(ids: Sequence[int], table: Sequence[bytes]) -> Tensor:
    """Bytes of a row; tokens without bytes (a document's BOS) become START."""
    return torch.tensor([byte for token in ids for byte in (table[token] or (START,))], dtype=torch.int64)


def _pairs(held_out: HeldOut) -> tuple[Tensor, Tensor]:
    places = held_out.scored.nonzero().squeeze(1)
    return held_out.tokens[places - 1], held_out.tokens[places]


def _bits(probability: Tensor) -> float:
    return -float(probability.log2().sum())


def _bits_per_byte(probability: Tensor, held_out: HeldOut) -> float:
    bits = _bits(probability)
    return bits / held_out.byte_count if math.isfinite(bits) else math.inf
