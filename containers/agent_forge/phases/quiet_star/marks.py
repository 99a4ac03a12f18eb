"""The two marks: which reserved rows they take, and where their input vectors begin.

A mark that begins far from all that the model has read makes every thought worse than none, and the mixing
head turns thoughts off before they have learned anything. The paper begins at the vector of a separator; so
do the marks here: at that of the text's most frequent separator, each with noise of its own.

Legend: D d_model.
"""

import torch
from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, EOS_ID, PAD_ID, TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.titan import TinyTitan

START, END = "<|thought_start|>", "<|thought_end|>"
SEPARATORS = tuple(text.encode() for text in (".", ",", ";", ":", " -", " --", "--", "\n", "\n\n", " "))


def mark_ids(tokenizer: TextTokenizer) -> tuple[int, int]:
    """Rows of the start and the end token.

    Raises:
        ForgeError(contract): the tokenizer does not name both, each by a row of its own.
    """
    start, end = (tokenizer.tokenizer.token_to_id(name) for name in (START, END))
    if start is None or end is None or len({start, end, PAD_ID, BOS_ID, EOS_ID}) != 5:
        raise ForgeError(
            "contract",
            f"The tokenizer's rows of {START} and {END} are {start} and {end}; expected two different ones,"
            f" none of them that of padding, begin or end ({PAD_ID}, {BOS_ID}, {EOS_ID}). Train the model in"
            " phase 1.",
        )
    return start, end


def separator_of(tokenizer: TextTokenizer, stream: Tensor) -> int:
    """The most frequent separator of a text; its most frequent token where it has none."""
    counts = torch.bincount(stream.long(), minlength=len(tokenizer))
    token_bytes = tokenizer.token_bytes
    found = [row for row, text in enumerate(token_bytes) if text in SEPARATORS and counts[row] > 0]
    usable = found or [row for row, text in enumerate(token_bytes) if text]
    return max(usable, key=lambda row: int(counts[row]))


def first_marks(model: TinyTitan, separator: int, noise: float, seed: int) -> Tensor:
    """Input vectors of start and end, (2, D).

    Args:
        separator: token whose vector they begin at.
        noise: as a share of that vector's own size.
    """
    vector = model.embedding.weight.detach()[separator].cpu() * model.config.arch.embed_scale
    drawn = torch.randn(2, len(vector), generator=torch.Generator().manual_seed(seed))
    return vector + noise * vector.square().mean().sqrt() * drawn
