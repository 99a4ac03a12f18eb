"""Tasks of E8: reverse a string, then shift each letter by three. A tag in front says which is asked.

Legend: B rows, L letters.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from agent_forge.data.packing import Batch
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training

REVERSE, SHIFT, SAYS = 3, 4, 5
LETTER_0, ALPHABET, LENGTH = 8, 20, 5
WIDTH = 2 * LENGTH + 2  # tokens of a row: tag, letters, mark, answer
ROWS, BATCH = 64, 64


def draw(generator: torch.Generator, task: int, count: int) -> Tensor:
    """Rows (B, 2 L + 2) of one task."""
    letters_BL = torch.randint(ALPHABET, (count, LENGTH), generator=generator)
    answer_BL = letters_BL.flip(1) if task == REVERSE else (letters_BL + 3) % ALPHABET
    tag, says = (torch.full((count, 1), token) for token in (task, SAYS))
    return torch.cat([tag, LETTER_0 + letters_BL, says, LETTER_0 + answer_BL], dim=1)


@dataclass(frozen=True)
class TaskRows:
    """Fresh rows of one task, a function of seed and step; nothing in them has a difficulty."""

    task: int
    seed: int

    def batch(self, step: int, difficulty: float | None = None) -> Batch:
        """The batch of 0-based `step`."""
        data = torch.Generator().manual_seed(self.seed * 1_000_003 + 10 * step + self.task)
        tokens = draw(data, self.task, BATCH)
        return Batch(tokens, torch.ones(BATCH, tokens.shape[1] - 1))


@lru_cache(maxsize=2)
def pretrained(seed: int, steps: int, learning_rate: float) -> TinyTitan:
    """The model that has learned to reverse. Not to be changed."""
    arch = ArchConfig(d_model=64, num_layers=2, num_heads=4, d_ff=128, vocab_size=ROWS, window=16)
    config = ModelConfig(arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False))
    training = Training.begin(TinyTitan(config).initialise(seed), 0.01)
    recipe = recipe_of(steps, learning_rate, NextToken(lambda _: 0.0))
    for step in range(steps):
        train_step(training, TaskRows(REVERSE, seed).batch(step), recipe, step)
    model = training.model.eval()
    assert isinstance(model, TinyTitan)
    return model


def recipe_of(steps: int, learning_rate: float, objective: object) -> Recipe:
    """Warm-up and cosine over so many steps."""
    schedule = Schedule(learning_rate, steps, max(1, steps // 20), 0.1)
    return Recipe(schedule, 0, steps, 0.01, 1.0, 1, objective)  # type: ignore[arg-type]


@torch.no_grad()
def accuracy(model: TinyTitan, task: int, questions: int, seed: int) -> float:
    """Share of fresh rows whose whole answer is the model's first choice."""
    model.eval()
    rows = draw(torch.Generator().manual_seed(seed + 77_000_003 + task), task, questions)
    choice = model(rows[:, :-1], compact=True).logits_BTV.argmax(-1)[:, LENGTH + 1 :]
    return float((choice == rows[:, LENGTH + 2 :]).all(dim=1).double().mean())


def right_dreams(rows: Tensor) -> float:
    """Share of dreams that are rows of the first task with the right answer."""
    letters, answer = rows[:, 1 : LENGTH + 1], rows[:, LENGTH + 2 :]
    formed = (rows[:, 0] == REVERSE) & (rows[:, LENGTH + 1] == SAYS) & (letters >= LETTER_0).all(dim=1)
    return float((formed & (letters.flip(1) == answer).all(dim=1)).double().mean())
