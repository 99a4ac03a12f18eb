"""Tasks and models of E3: (a + b) mod 13, (a b) mod 13 and max(a, b), a base that has seen a little of each,
and a fine-tune per task.

A question is four tokens, `task a b =`. There are 169 pairs and so 507 questions: accuracy is counted over
all of them, without sampling.

Legend: B questions, T tokens.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.experiments.experiment import Settings
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.titan import TinyTitan

TASKS = ("add", "multiply", "max")
MODULUS = 13
TASK_0, EQUALS, ROWS = MODULUS, MODULUS + len(TASKS), 64  # numbers stand for themselves
WIDTH, LAYERS = 64, 2
WEIGHT_DECAY = 0.01


@dataclass(frozen=True)
class Questions:
    """`asked` (B, T) and `answer` (B,) of one task."""

    asked: Tensor
    answer: Tensor

    def at(self, places: Tensor) -> "Questions":
        """Those at the given places."""
        return Questions(self.asked[places], self.answer[places])


def questions(task: str) -> Questions:
    """All pairs of one task, in rising order."""
    a, b = torch.cartesian_prod(torch.arange(MODULUS), torch.arange(MODULUS)).unbind(1)
    answer = {"add": (a + b) % MODULUS, "multiply": a * b % MODULUS, "max": torch.maximum(a, b)}[task]
    marks = [torch.full_like(a, token) for token in (TASK_0 + TASKS.index(task), EQUALS)]
    return Questions(torch.stack([marks[0], a, b, marks[1]], dim=1), answer)


def answer_logits(model: TinyTitan, asked: Tensor) -> Tensor:
    """What the model says behind `=`: (B, rows of the vocabulary)."""
    logits: Tensor = model(asked).logits_BTV[:, -1]
    return logits


@torch.no_grad()
def accuracies(model: TinyTitan, places: Tensor | None = None) -> tuple[float, ...]:
    """Share of right answers, task by task in the order of `TASKS`.

    Args:
        model: who is asked.
        places: of the pairs that are asked; None for all of them.
    """
    every = torch.arange(MODULUS**2) if places is None else places
    asked = [questions(task).at(every) for task in TASKS]
    said = answer_logits(model, torch.cat([part.asked for part in asked])).argmax(-1)
    right = (said == torch.cat([part.answer for part in asked])).double()
    return tuple(right.view(len(TASKS), -1).mean(dim=1).tolist())


def score(by_task: tuple[float, ...]) -> float:
    """Mean over the tasks; a model that says nonsense has 0, not nothing."""
    return sum(by_task) / len(by_task)


def trained(model: TinyTitan, seed: int, tasks: tuple[str, ...], steps: int, rate: float, batch: int) -> None:
    """AdamW on random questions of the tasks."""
    parts = [questions(task) for task in tasks]
    every = Questions(torch.cat([p.asked for p in parts]), torch.cat([p.answer for p in parts]))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=WEIGHT_DECAY, fused=True)
    data = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        drawn = every.at(torch.randint(len(every.answer), (batch,), generator=data))
        loss = F.cross_entropy(answer_logits(model, drawn.asked), drawn.answer)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


@dataclass(frozen=True)
class Training:
    """Steps, learning rate and questions a step, of the base and of every fine-tune."""

    base_steps: int
    base_rate: float
    base_batch: int
    tune_steps: int
    tune_rate: float
    tune_batch: int

    @staticmethod
    def of(settings: Settings) -> "Training":
        """As a budget says."""
        return Training(
            int(settings["base_steps"]), float(settings["base_rate"]), int(settings["base_batch"]),
            int(settings["tune_steps"]), float(settings["tune_rate"]), int(settings["tune_batch"]),
        )  # fmt: skip


@lru_cache(maxsize=4)
def family(seed: int, training: Training) -> dict[str, TinyTitan]:
    """The base and its fine-tunes by name, `base` first. Not to be changed."""
    arch = ArchConfig(
        d_model=WIDTH, num_layers=LAYERS, num_heads=4, d_ff=4 * WIDTH, vocab_size=ROWS, window=16
    )
    config = ModelConfig(arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False))
    base = TinyTitan(config).initialise(seed)
    trained(base, seed, TASKS, training.base_steps, training.base_rate, training.base_batch)
    models = {"base": base}
    for number, task in enumerate(TASKS, start=1):
        models[task] = TinyTitan(config)
        models[task].load_state_dict(base.state_dict())
        trained(
            models[task], seed + 1_000_003 * number, (task,), training.tune_steps, training.tune_rate,
            training.tune_batch,
        )  # fmt: skip
    return {name: model.eval() for name, model in models.items()}
