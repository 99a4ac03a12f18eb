"""The byte model of E5 and its trainings. One training per seed and kind is kept: arms start from each other.

Legend: B rows, T bytes of a row.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from agent_forge.experiments.experiment import Settings
from agent_forge.experiments.ternary_training.text import byte_stream, rows
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig, QuantConfig
from agent_forge.models.ternary import set_strength
from agent_forge.models.titan import TinyTitan
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import Schedule
from agent_forge.training.ternary_warm_up import TernaryWarmUp

NATS_PER_BIT = 0.6931471805599453
SAMPLE = 977  # of the bytes that a fine-tune reads: others than the training before it read


def build(ternary: bool) -> TinyTitan:
    """Three blocks over bytes, no memory and no pondering: what is compared is the projections."""
    arch = ArchConfig(d_model=96, num_layers=3, num_heads=4, d_ff=256, vocab_size=256, window=128)
    return TinyTitan(ModelConfig(
        arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False),
        quant=QuantConfig(enabled=ternary),
    ))  # fmt: skip


@dataclass(frozen=True)
class Course:
    """One training: how long, how fast, with which decay, and lambda of each step."""

    steps: int
    rate: float
    decay: float
    strength: Callable[[int], float]


def fit(model: TinyTitan, settings: Settings, seed: int, course: Course) -> TinyTitan:
    """Train in place; a full-precision model has no strength to set."""
    stream, length, batch = byte_stream("train"), int(settings["length"]), int(settings["batch"])
    data = torch.Generator().manual_seed(seed)
    schedule = Schedule(course.rate, course.steps, int(settings["warm_up"]), 0.1)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=0.0, betas=(0.9, 0.95), weight_decay=course.decay, fused=True
    )
    for step in range(course.steps):
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(step)
        set_strength(model, course.strength(step))
        places = torch.randint(len(stream) - length - 1, (batch,), generator=data)
        tokens_BT = rows(stream, places, length)
        logits = model(tokens_BT[:, :-1]).logits_BTV
        loss = F.cross_entropy(logits.flatten(0, 1), tokens_BT[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    set_strength(model, 1.0)
    return model.eval()


def copied(model: TinyTitan, ternary: bool) -> TinyTitan:
    """The same weights in a fresh model, quantised or not."""
    fresh = build(ternary)
    fresh.load_state_dict(model.state_dict())
    return fresh.eval()


@functools.lru_cache(maxsize=12)
def trained(kind: str, budget: tuple[tuple[str, float], ...], seed: int) -> TinyTitan:
    """One of the models that are compared, by name.

    Args:
        budget: the tier's settings as sorted pairs.
    """
    settings: Settings = dict(budget)
    steps, extra, rate = int(settings["steps"]), int(settings["extra"]), float(settings["learning_rate"])
    decay = float(settings["weight_decay"])
    if kind == "fp":
        return fit(build(ternary=False).initialise(seed), settings, seed, Course(steps, rate, decay, at_once))
    if kind in ("qat", "qat-cold"):
        growing = at_once if kind == "qat-cold" else growth(settings, steps)
        faster = rate * float(settings["ternary_factor"])
        return fit(
            build(ternary=True).initialise(seed), settings, seed, Course(steps, faster, decay, growing)
        )
    base = trained("fp", budget, seed)
    if kind == "ptq":
        return copied(base, ternary=True)
    decay = float(settings["tune_decay"])
    if kind == "fp-longer":
        course = Course(extra, rate, decay, at_once)
        return fit(copied(base, ternary=False), settings, seed + SAMPLE, course)
    growing = at_once if kind == "tuned-cold" else growth(settings, extra)
    course = Course(extra, rate * float(settings["tune_factor"]), decay, growing)
    return fit(copied(base, ternary=True), settings, seed + SAMPLE, course)


def at_once(_: int) -> float:
    """Lambda 1 from the first step on."""
    return 1.0


def growth(settings: Settings, steps: int) -> Callable[[int], float]:
    """Lambda growing to 1 over a share of the steps, as phase 4 does it."""
    return TernaryWarmUp(NextToken(at_once), steps, float(settings["strength_share"])).strength


@torch.no_grad()
def bits_per_byte(model: TinyTitan, settings: Settings) -> float:
    """Code length of the held-out bytes in rows that do not overlap."""
    stream, length = byte_stream("held_out"), int(settings["length"])
    count = min(int(settings["held_out_rows"]), (len(stream) - 1) // length)
    tokens_BT = rows(stream, torch.arange(count) * length, length)
    nats = 0.0
    for part in tokens_BT.split(32):
        logits = model(part[:, :-1]).logits_BTV
        nats += float(F.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten(), reduction="sum"))
    return nats / NATS_PER_BIT / (count * length)
