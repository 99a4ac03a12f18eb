"""Batches as a pure function of (seed, step): resuming needs the step and nothing else.

Legend: B rows, T tokens of a row; a row has T + 1 tokens, inputs and targets overlapping.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Self

import torch
from torch import Tensor

from agent_forge.data.mixtures import TASKS, Mixture, Segment
from agent_forge.data.tokenizer import BOS_ID, TextTokenizer

ANSWER_WEIGHT = 4.0  # of a token that can be worked out: there are few of them next to text
CONTEXT_WEIGHT = 0.02  # of a token that no one can predict: keeps the format alive, adds no noise


TEXT_ONLY = Mixture()


@dataclass(frozen=True)
class Batch:
    """Tokens and the weight of each target in the loss; a subclass adds tensors whose first axis is rows."""

    tokens: Tensor  # (B, T + 1) int64
    weights_BT: Tensor  # float32

    @property
    def rows(self) -> int:
        """B."""
        return len(self.tokens)

    def to(self, device: torch.device) -> Self:
        """The batch on `device`."""
        return replace(self, **{f.name: getattr(self, f.name).to(device) for f in fields(self)})

    def part(self, first: int, last: int) -> Self:
        """Rows `first` up to `last`, without copying."""
        return replace(self, **{f.name: getattr(self, f.name)[first:last] for f in fields(self)})


@dataclass(frozen=True)
class Sampler:
    """Draws text windows without replacement per epoch, and synthetic rows in between."""

    stream: Tensor  # (tokens,) integer
    tokenizer: TextTokenizer
    seq_len: int
    batch_size: int
    seed: int
    steps: int
    mixture: Mixture = TEXT_ONLY

    def batch(self, step: int, difficulty: float | None = None) -> Batch:
        """The batch of 0-based `step`.

        Args:
            difficulty: of its synthetic rows, 0 to 1; None takes the mixture's own at this step.
        """
        if difficulty is None:
            difficulty = self.mixture.difficulty(step / self.steps)
        numbers = range(step * self.batch_size, (step + 1) * self.batch_size)
        rows = [self._row(number, difficulty) for number in numbers]
        return Batch(
            torch.stack([tokens for tokens, _ in rows]), torch.stack([weights for _, weights in rows])
        )

    def text_numbers(self, steps: Iterable[int]) -> set[int]:
        """Running numbers of the rows of these steps that are text."""
        numbers = {step * self.batch_size + place for step in steps for place in range(self.batch_size)}
        return {number for number in numbers if not self.mixture.takes(number)}

    def text_windows(self, numbers: Iterable[int]) -> Tensor:
        """The text rows (n, T + 1) with these running numbers: what a baseline may be fitted on."""
        rows = [self._window(number) for number in sorted(numbers)]
        return torch.stack(rows) if rows else torch.zeros(0, self.seq_len + 1, dtype=torch.int64)

    def _row(self, number: int, difficulty: float) -> tuple[Tensor, Tensor]:
        if self.mixture.takes(number):
            rng = random.Random(f"{self.mixture.task}:{self.seed}:{number}")
            return synthetic_row(self.tokenizer, self.mixture.task, rng, difficulty, self.seq_len)
        return self._window(number), torch.ones(self.seq_len)

    def _window(self, number: int) -> Tensor:
        count = (len(self.stream) - 1) // self.seq_len
        place = int(permutation(self.seed, number // count, count)[number % count])
        return self.stream[place * self.seq_len : (place + 1) * self.seq_len + 1].long()


def synthetic_row(
    tokenizer: TextTokenizer, task: str, rng: random.Random, difficulty: float, seq_len: int
) -> tuple[Tensor, Tensor]:
    """One row of a task: tokens (T + 1) and weights (T), repeated problems until it is full."""
    ids, weights = [BOS_ID], [0.0]
    while len(ids) <= seq_len:
        more_ids, scored = encode_segments(tokenizer, TASKS[task](rng, difficulty))
        ids += more_ids
        weights += [ANSWER_WEIGHT if answer else CONTEXT_WEIGHT for answer in scored]
    return torch.tensor(ids[: seq_len + 1]), torch.tensor(weights[1 : seq_len + 1])


def encode_segments(tokenizer: TextTokenizer, segments: Iterable[Segment]) -> tuple[list[int], list[bool]]:
    """Ids of all segments in a row, and for each whether it belongs to a scored one."""
    ids: list[int] = []
    scored: list[bool] = []
    for text, answer in segments:
        part = tokenizer.encode(text)
        ids += part
        scored += [answer] * len(part)
    return ids, scored


@lru_cache(maxsize=8)
def permutation(seed: int, epoch: int, count: int) -> Tensor:
    """The order in which an epoch takes `count` things, (count,)."""
    generator = torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)
    return torch.randperm(count, generator=generator)
