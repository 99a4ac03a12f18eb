"""Token streams that a model is trained and measured on, and evenly spread rows of one.

Legend: R rows, T tokens of a row.
"""

from collections.abc import Iterable
from typing import Protocol

import torch
from torch import Tensor

from agent_forge.data.corpus import Split, encode_texts, require_tokens, split_texts
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.config import ModelConfig
from agent_forge.phase import Document


class TextSettings(Protocol):
    """Settings of a phase that trains on text. Lengths are in tokens."""

    @property
    def seq_len(self) -> int: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def train_tokens(self) -> int: ...
    @property
    def held_out_tokens(self) -> int: ...
    @property
    def held_out_every(self) -> int: ...


def encode_split(
    tokenizer: TextTokenizer, split: Split, settings: TextSettings, least_held_out: int, seed: int
) -> dict[str, Tensor]:
    """Streams `train` and `held_out`.

    Args:
        least_held_out: tokens without which there is nothing to measure.

    Raises:
        ForgeError(validation): a side has too few tokens for one batch or one measurement.
    """
    train = encode_texts(tokenizer, split.train, settings.train_tokens, seed)
    held_out = encode_texts(tokenizer, split.held_out, settings.held_out_tokens, seed)
    require_tokens(train, settings.seq_len * settings.batch_size + 1, "train")
    require_tokens(held_out, least_held_out, "held-out")
    return {"train": train, "held_out": held_out}


def streams_for(
    model: ModelConfig,
    tokenizer: TextTokenizer,
    documents: Iterable[Document],
    settings: TextSettings,
    least_held_out: int,
    seed: int,
) -> dict[str, Tensor]:
    """Streams `train` and `held_out`, split as the model says that the corpus was split to train it.

    `held_out_every` of the settings counts where the model does not say. See `encode_split`.
    """
    every = model.lineage.held_out_every or settings.held_out_every
    split = split_texts((document.text for document in documents), every)
    return encode_split(tokenizer, split, settings, least_held_out, seed)


def spread_rows(stream: Tensor, seq_len: int, most: int) -> Tensor:
    """Evenly spread rows of T + 1 tokens that do not overlap, (R, T + 1) int64.

    Args:
        seq_len: T.
        most: R, where the stream has as many.
    """
    count = (len(stream) - 1) // seq_len
    chosen = torch.linspace(0, count - 1, min(most, count)).round().long()
    return torch.stack([stream[i * seq_len : (i + 1) * seq_len + 1].long() for i in chosen])
