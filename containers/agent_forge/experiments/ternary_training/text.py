"""Real text as bytes: the State of the Union addresses, public-domain text that the demo learns from as well.

Legend: B rows, T bytes of a row.
"""

import functools
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.data.corpus import excerpts, split_texts
from agent_forge.errors import ForgeError

TEXTS = Path(__file__).resolve().parents[4] / "node_modules" / "@stdlib" / "datasets-sotu" / "data"
HELD_OUT_EVERY = 23
CHARACTERS = {"train": 1_500_000, "held_out": 49_153}
EXCERPT_SEED = 5


@functools.cache
def byte_stream(side: str) -> Tensor:
    """UTF-8 bytes of `train` or `held_out` text, (n,) uint8; the same on every machine.

    Raises:
        ForgeError(dependency): the text is not installed.
    """
    files = sorted(TEXTS.glob("*.txt"))
    if not files:
        raise ForgeError("dependency", f"There is no text in {TEXTS}; run npm run setup first.")
    texts = [path.read_text(encoding="utf-8") for path in files]
    split = split_texts(texts, HELD_OUT_EVERY)
    parts = excerpts(split.train if side == "train" else split.held_out, CHARACTERS[side], EXCERPT_SEED)
    return torch.frombuffer(bytearray("\n".join(parts).encode()), dtype=torch.uint8)


def rows(stream: Tensor, places: Tensor, length: int) -> Tensor:
    """Rows of `length` + 1 bytes from the given places, int64 (B, T + 1)."""
    return stream[places[:, None] + torch.arange(length + 1)].long()
