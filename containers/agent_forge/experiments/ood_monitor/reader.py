"""The byte model of E14, its text, and what it says of texts.

Legend: B rows, T bytes of a row, D width.
"""

import functools
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.automotive.ood.scores import Array, Neighbourhood, doubt, energy
from agent_forge.data.corpus import split_texts
from agent_forge.errors import ForgeError
from agent_forge.experiments.experiment import Settings
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.training.schedule import Schedule

TEXTS = Path(__file__).resolve().parents[4] / "node_modules" / "@stdlib" / "datasets-sotu" / "data"
HELD_OUT_EVERY = 12
LENGTH = 64
READ_AT_ONCE = 128


@functools.cache
def sides() -> dict[str, bytes]:
    """UTF-8 bytes of the `train` and `held_out` speeches; the same on every machine.

    Raises:
        ForgeError(dependency): the text is not installed.
    """
    files = sorted(TEXTS.glob("*.txt"))
    if not files:
        raise ForgeError("dependency", f"There is no text in {TEXTS}; run npm run setup first.")
    split = split_texts([path.read_text(encoding="utf-8") for path in files], HELD_OUT_EVERY)
    return {"train": "\n".join(split.train).encode(), "held_out": "\n".join(split.held_out).encode()}


def pieces(side: str, count: int, seed: int) -> list[bytes]:
    """`count` rows of LENGTH bytes that do not overlap, drawn from all of them without order."""
    text = sides()[side]
    places = torch.randperm(len(text) // LENGTH, generator=torch.Generator().manual_seed(seed))[:count]
    return [text[place * LENGTH : (place + 1) * LENGTH] for place in places.tolist()]


@functools.lru_cache(maxsize=4)
def trained(budget: tuple[tuple[str, float], ...], seed: int) -> TinyTitan:
    """A byte model of about .45 M parameters, trained on the train side.

    Args:
        budget: the tier's settings as sorted pairs.
    """
    settings: Settings = dict(budget)
    arch = ArchConfig(d_model=96, num_layers=4, num_heads=4, d_ff=256, vocab_size=256, window=LENGTH)
    model = TinyTitan(ModelConfig(arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False)))
    model.initialise(seed)
    stream = torch.frombuffer(bytearray(sides()["train"]), dtype=torch.uint8)
    data, steps, batch = torch.Generator().manual_seed(seed), int(settings["steps"]), int(settings["batch"])
    schedule = Schedule(float(settings["learning_rate"]), steps, int(settings["warm_up"]), 0.1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(step)
        places = torch.randint(len(stream) - LENGTH - 1, (batch,), generator=data)
        tokens_BT = stream[places[:, None] + torch.arange(LENGTH + 1)].long()
        logits = model(tokens_BT[:, :-1]).logits_BTV
        loss = F.cross_entropy(logits.flatten(0, 1), tokens_BT[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()


@torch.no_grad()
def read(model: TinyTitan, texts: list[bytes]) -> dict[str, Array]:
    """Of every text: `energy`, `max-softmax` and `hidden`, its mean hidden state (B, D); `nats` per byte."""
    found: dict[str, list[Array]] = {"energy": [], "max-softmax": [], "hidden": [], "nats": []}
    tokens_BT = torch.tensor([list(text) for text in texts])
    for part in tokens_BT.split(READ_AT_ONCE):
        output = model(part)
        logits = output.logits_BTV.double().numpy()
        found["energy"].append(energy(logits))
        found["max-softmax"].append(doubt(logits))
        found["hidden"].append(output.hidden_BTD.double().mean(dim=1).numpy())
        found["nats"].append(_nats(output.logits_BTV, part))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _nats(logits_BTV: Tensor, tokens_BT: Tensor) -> Array:
    losses = F.cross_entropy(logits_BTV[:, :-1].flatten(0, 1), tokens_BT[:, 1:].flatten(), reduction="none")
    means: Array = losses.view(len(tokens_BT), -1).mean(dim=1).double().numpy()
    return means


def scores(kind: str, said: dict[str, Array], near: Neighbourhood) -> Array:
    """The score of each text: `energy`, `mahalanobis` or `max-softmax`."""
    return near.distance(said["hidden"]) if kind == "mahalanobis" else said[kind]
