"""What an export costs in bits per byte, measured on a text when it is made."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from agent_forge.data.corpus import encode_texts, split_texts
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.evaluation.held_out import HeldOut, Score, score_model
from agent_forge.export.backbone import backbone
from agent_forge.models.titan import TinyTitan

MOST_TOKENS = 16_384
FEWEST_TOKENS = 256
BATCH = 8


@dataclass(frozen=True)
class HeldOutText:
    """Text to measure on: its first half chooses, its second half measures."""

    tokens: torch.Tensor
    facts: Mapping[str, Any]

    @property
    def choosing(self) -> torch.Tensor:
        """First half of the tokens."""
        return self.tokens[: len(self.tokens) // 2]

    @property
    def measuring(self) -> torch.Tensor:
        """Second half of the tokens."""
        return self.tokens[len(self.tokens) // 2 :]


def read_text(path: Path, tokenizer: TextTokenizer, held_out_every: int) -> HeldOutText:
    """Tokens of a corpus file.

    Args:
        path: one JSON object with a `text` per line.
        held_out_every: the model's lineage: every k-th document is what no phase trained on; 0 takes all.

    Raises:
        ForgeError(validation): no such file, a line without text, or too little of it.
    """
    try:
        raw = path.read_bytes()
        lines = [line for line in raw.decode("utf-8").splitlines() if line.strip()]
        texts = [json.loads(line)["text"] for line in lines]
    except OSError as error:
        raise ForgeError("validation", f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} is no corpus: {error}. Expected one JSON object with a text per line."
        raise ForgeError("validation", message) from error
    if not all(isinstance(text, str) for text in texts):
        raise ForgeError("validation", f"{path} has a text that is no string; expected strings.")
    chosen = split_texts(texts, held_out_every).held_out if held_out_every else tuple(texts)
    tokens = encode_texts(tokenizer, chosen, MOST_TOKENS, seed=0).long()
    if len(tokens) < FEWEST_TOKENS:
        message = (
            f"{path} gives {len(tokens)} held-out tokens; expected at least {FEWEST_TOKENS}. Give more text."
        )
        raise ForgeError("validation", message, {"code": "too_little_text"})
    facts = {
        "sha256": hashlib.sha256(raw).hexdigest(),
        "documents": len(chosen),
        "heldOutEvery": held_out_every,
        "tokens": len(tokens),
    }
    return HeldOutText(tokens, facts)


def score(model: TinyTitan, tokens: torch.Tensor, tokenizer: TextTokenizer) -> Score:
    """Bits per byte with windows of the context length that every export keeps."""
    window = model.config.arch.window
    return score_model(model, HeldOut.of(tokens, tokenizer), window, max(1, window // 2), BATCH)


def choose_depth(model: TinyTitan, text: HeldOutText, tokenizer: TextTokenizer) -> tuple[int, list[float]]:
    """How often the last block stands in the backbone: the best of 1..n_max on the first half.

    Returns:
        The depth, and bits per byte for each.
    """
    depths = model.config.act.n_max if model.act is not None else 1
    found = [
        score(backbone(model, depth), text.choosing, tokenizer).bits_per_byte
        for depth in range(1, depths + 1)
    ]
    best = min(range(len(found)), key=lambda place: found[place] if math.isfinite(found[place]) else math.inf)
    return best + 1, found


def compare(
    model: TinyTitan, plain: TinyTitan, text: HeldOutText, tokenizer: TextTokenizer
) -> dict[str, Any]:
    """Bits per byte of both on the second half, and the loss; `record` names these figures."""
    whole, part = (score(each, text.measuring, tokenizer) for each in (model, plain))
    return _recorded({
        "unit": "bits/byte",
        "full": whole.bits_per_byte,
        "standard": part.bits_per_byte,
        "loss": part.bits_per_byte - whole.bits_per_byte,
        "bytes": whole.bytes,
        "tokens": whole.tokens,
        "text": dict(text.facts),
    })  # fmt: skip


def _recorded(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures under an id of their own: the hash of what they say."""
    canonical = json.dumps(figures, sort_keys=True, separators=(",", ":"))
    return {"record": hashlib.sha256(canonical.encode()).hexdigest(), **figures}
