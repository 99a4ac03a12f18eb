"""Documents to a train and a held-out token stream. The split depends on nothing but the documents' order."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, TextTokenizer
from agent_forge.errors import ForgeError

FEW_DOCUMENTS = 8  # below this a whole held-out document would cost too much of the train split
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Split:
    """Texts of both sides; no text is on both."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]


def split_texts(texts: Iterable[str], held_out_every: int) -> Split:
    """Hold out every k-th document, or the last k-th of each when there are few.

    Args:
        texts: documents in file order; blank ones are dropped.
        held_out_every: k.

    Raises:
        ForgeError(validation): no text at all.
    """
    documents = [text for text in texts if text.strip()]
    if not documents:
        raise ForgeError(
            "validation", "The corpus holds no text; expected at least one non-blank document. Upload text."
        )
    if len(documents) < FEW_DOCUMENTS:
        cuts = [_word_boundary(text, len(text) - max(1, len(text) // held_out_every)) for text in documents]
        heads = (text[:cut] for text, cut in zip(documents, cuts, strict=True))
        tails = (text[cut:] for text, cut in zip(documents, cuts, strict=True))
        return Split(tuple(t for t in heads if t.strip()), tuple(t for t in tails if t.strip()))
    chosen = {index for index in range(len(documents)) if index % held_out_every == held_out_every - 1}
    chosen = chosen or {len(documents) - 1}
    return Split(
        tuple(text for index, text in enumerate(documents) if index not in chosen),
        tuple(text for index, text in enumerate(documents) if index in chosen),
    )


def excerpts(texts: Sequence[str], characters: int, seed: int) -> list[str]:
    """About `characters` characters in all: the same share of each text, from a seeded place, cut at words.

    A little of every document instead of all of a few: held-out documents then resemble what was trained on.
    """
    total = sum(len(text) for text in texts)
    if total <= characters:
        return list(texts)
    rng = random.Random(f"excerpts:{seed}")
    parts = []
    for text in texts:
        length = max(1, len(text) * characters // total)
        start = _word_boundary(text, rng.randrange(len(text) - length + 1))
        parts.append(text[start : _word_boundary(text, min(len(text), start + length))])
    return [part for part in parts if part.strip()]


def encode_texts(tokenizer: TextTokenizer, texts: Sequence[str], max_tokens: int, seed: int) -> Tensor:
    """One int32 stream of at most `max_tokens`, BOS in front of each text."""
    ids: list[int] = []
    for text in excerpts(texts, max_tokens * CHARACTERS_PER_TOKEN, seed):
        ids.append(BOS_ID)
        ids.extend(tokenizer.encode(text))
        if len(ids) >= max_tokens:
            break
    return torch.tensor(ids[:max_tokens], dtype=torch.int32)


def require_tokens(stream: Tensor, least: int, side: str) -> None:
    """Refuse a stream that cannot fill its windows.

    Raises:
        ForgeError(validation): says how many tokens there are and how many are needed.
    """
    if len(stream) < least:
        raise ForgeError(
            "validation",
            f"The {side} split has {len(stream)} tokens; expected at least {least}. Use a larger corpus, a"
            " smaller seq_len or batch_size, or another held_out_every.",
            {"split": side, "tokens": len(stream), "required": least},
        )


def _word_boundary(text: str, place: int) -> int:
    """The next place at or after `place` where a word begins, else `place`."""
    for index in range(place, min(place + 100, len(text))):
        if text[index].isspace():
            return index
    return place
