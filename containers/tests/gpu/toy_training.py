"""A model with memory and pondering, and batches for it: the same numbers on every device."""

import torch

from agent_forge.data.packing import Batch
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training

ROWS, LENGTH = 8, 40
CONFIG = ModelConfig(
    arch=ArchConfig(d_model=64, num_layers=3, num_heads=4, d_ff=96, vocab_size=320, window=16),
    act=ActConfig(n_max=4, halt_bias=-0.5),
    ltm=LtmConfig(dim=32, depth=2, chunk=16, persistent=2),
)


def toy_model(device: torch.device) -> TinyTitan:
    return TinyTitan(CONFIG).initialise(7).to(device)


def toy_batch(step: int) -> Batch:
    """Rows that repeat themselves, so that there is something to learn; on the CPU, as from a sampler."""
    generator = torch.Generator().manual_seed(step)
    half = torch.randint(32, 320, (ROWS, LENGTH // 2), generator=generator)
    return Batch(torch.cat([half, half, half[:, :1]], dim=1), torch.ones(ROWS, LENGTH))


def trained(
    device: torch.device, steps: int, precision: torch.dtype = torch.float32
) -> tuple[Training, list[dict[str, float]]]:
    """A model after some steps, and what each step reported."""
    training = Training.begin(toy_model(device), 0.1)
    recipe = Recipe(
        Schedule(0.003, steps, 2, 0.1), 0, steps, 0.1, 1.0, 1, NextToken(lambda _: 0.01), precision
    )
    return training, [train_step(training, toy_batch(step), recipe, step) for step in range(steps)]
