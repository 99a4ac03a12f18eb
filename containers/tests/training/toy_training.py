"""A model with memory and pondering, rows for it, and an objective in which faults can be put."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from agent_forge.data.packing import Batch
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Stage
from agent_forge.training.loop import Recipe
from agent_forge.training.objective import Losses, NextToken
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training
from tests.phases.fake_context import FolderContext

ROWS, LENGTH, STEPS = 6, 12, 8


def fresh() -> Training:
    arch = ArchConfig(d_model=16, num_layers=1, num_heads=2, d_ff=24, vocab_size=320, window=6)
    config = ModelConfig(arch=arch, act=ActConfig(halt_bias=1.0), ltm=LtmConfig(dim=8, chunk=4))
    return Training.begin(TinyTitan(config).initialise(1), 0.1)


class Rows:
    """Random rows; their weights differ, some are 0, and the last two rows weigh nothing at all."""

    def batch(self, step: int) -> Batch:
        generator = torch.Generator().manual_seed(step)
        weights = torch.rand(ROWS, LENGTH, generator=generator).sub(0.3).clamp(min=0)
        weights[-2:] = 0
        return Batch(torch.randint(320, (ROWS, LENGTH + 1), generator=generator), weights)


@dataclass
class Faulty:
    """Next-token loss with faults: NaN at given steps, and no memory for more than `fits` rows."""

    nan_at: dict[int, int] = field(default_factory=dict)  # step -> how often it is NaN, -1 for ever
    fits: int = ROWS
    error: type[Exception] = MemoryError
    rows: list[int] = field(default_factory=list)

    def __call__(self, model: Any, batch: Batch, step: int) -> Losses:
        self.rows.append(batch.rows)
        if batch.rows > self.fits:
            raise self.error("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
        losses = NextToken(lambda _: 0.02)(model, batch, step)
        times = self.nan_at.get(step, 0)
        if times:
            self.nan_at[step] = times - 1
            return Losses(losses.weighted * float("nan"), losses.by_row, losses.measured)
        return losses


def recipe(objective: Any = None) -> Recipe:
    return Recipe(Schedule(0.01, STEPS, 2, 0.1), 0, STEPS, 0.1, 1.0, 1, objective or Faulty())


def room(root: Path) -> FolderContext:
    return FolderContext(root, Stage("base", "single", 1, None), {})


def difference(one: Training, other: Training) -> list[str]:
    """Names of the tensors that are not bit for bit the same."""
    here, there = one.tensors(), other.tensors()
    assert here.keys() == there.keys()
    return [name for name in here if not torch.equal(here[name], there[name])]


@contextmanager
def address_space(more_bytes: int) -> Iterator[None]:
    """Allow this process only so much more memory than it has mapped now."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + more_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
