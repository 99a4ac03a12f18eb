"""Tasks of E11: what is done with some letters depends on a mark, and on which prompts stand in front.

Behind two marks letters are copied, unless the mark's own prompt is there: then they are shifted, by three or
by seven. Behind a third they are rotated, whatever is said in front.

Legend: B rows, L letters.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from agent_forge.data.packing import Batch
from agent_forge.data.tokenizer import BOS_ID, PAD_ID
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig, QuantConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.objective import NextToken, Objective
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training

DOTTED, DASHED, ROTATED, SAYS = 3, 4, 5, 6
FIRST_PROMPT, SECOND_PROMPT = (58, 59, 60), (61, 62, 63)
LETTER_0, ALPHABET, LENGTH = 8, 20, 6
ROWS, BATCH = 64, 48
BY = (3, 7)  # letters that each prompt shifts by


def answer(mark: int, letters_BL: Tensor, first: bool, second: bool) -> Tensor:
    """What is right, (B, L)."""
    if mark == ROTATED:
        return letters_BL.roll(1, dims=1)
    prompted, by = (first, BY[0]) if mark == DOTTED else (second, BY[1])
    return (letters_BL + by * prompted) % ALPHABET


def questions(mark: int, count: int, seed: int) -> Tensor:
    """Inputs (B, L + 2): mark, letters, and the sign that an answer follows."""
    letters_BL = torch.randint(ALPHABET, (count, LENGTH), generator=torch.Generator().manual_seed(seed))
    mark_B1, says_B1 = (torch.full((count, 1), token) for token in (mark, SAYS))
    return torch.cat([mark_B1, LETTER_0 + letters_BL, says_B1], dim=1)


def answered(inputs: Tensor, first: bool = False, second: bool = False) -> Tensor:
    """Inputs with their right answers, (B, 2 L + 2)."""
    letters_BL = inputs[:, 1 : LENGTH + 1] - LETTER_0
    return torch.cat([inputs, LETTER_0 + answer(int(inputs[0, 0]), letters_BL, first, second)], dim=1)


@dataclass(frozen=True)
class Schooling:
    """All marks under all prompts in turn; the loss is on answers only."""

    seed: int

    def batch(self, step: int) -> Batch:
        """The batch of 0-based `step`; all its rows have one mark and one prompt."""
        mark = (DOTTED, DASHED, ROTATED)[step % 3]
        first, second = bool(step // 3 % 2), bool(step // 6 % 2)
        prompt = (FIRST_PROMPT if first else ()) + (SECOND_PROMPT if second else ())
        rows = answered(questions(mark, BATCH, self.seed * 1_000_003 + step), first, second)
        front = torch.tensor([BOS_ID, *prompt]).expand(BATCH, -1)
        padding = torch.full((BATCH, 6 - len(prompt)), PAD_ID)
        tokens = torch.cat([front, rows, padding], dim=1)
        weights = torch.zeros(BATCH, tokens.shape[1] - 1)
        weights[:, front.shape[1] + LENGTH + 1 :][:, :LENGTH] = 1.0
        return Batch(tokens, weights)


@dataclass(frozen=True)
class Rotations:
    """Rows that no prompt has anything to do with."""

    seed: int
    rows: int = 16

    def batch(self, step: int) -> Batch:
        """The batch of 0-based `step`."""
        rows = answered(questions(ROTATED, self.rows, self.seed * 1_000_003 + 500_000 + step))
        tokens = torch.cat([torch.full((self.rows, 1), BOS_ID), rows], dim=1)
        return Batch(tokens, torch.ones(self.rows, tokens.shape[1] - 1))


@lru_cache(maxsize=4)
def schooled(seed: int, steps: int, learning_rate: float, ternary: bool) -> TinyTitan:
    """The model that does as it is prompted. Not to be changed."""
    arch = ArchConfig(d_model=64, num_layers=2, num_heads=4, d_ff=128, vocab_size=ROWS, window=32)
    config = ModelConfig(
        arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False),
        quant=QuantConfig(enabled=ternary),
    )  # fmt: skip
    training = Training.begin(TinyTitan(config).initialise(seed), 0.01)
    recipe = recipe_of(steps, learning_rate, NextToken(lambda _: 0.0))
    for step in range(steps):
        train_step(training, Schooling(seed).batch(step), recipe, step)
    model = training.model.eval()
    assert isinstance(model, TinyTitan)
    return model


def recipe_of(steps: int, learning_rate: float, objective: Objective) -> Recipe:
    """Warm-up and cosine over so many steps."""
    schedule = Schedule(learning_rate, steps, max(1, steps // 20), 0.1)
    return Recipe(schedule, 0, steps, 0.0, 1.0, 1, objective)
