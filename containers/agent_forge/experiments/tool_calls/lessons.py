"""The model of E17, before and after it was taught to call tools. One pair per seed is kept for all arms.

Legend: B rows, T tokens of a row.
"""

import copy
import functools
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from agent_forge.data.corpus import excerpts
from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.experiments.experiment import Settings
from agent_forge.experiments.ternary_training.text import byte_stream
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.titan import TinyTitan
from agent_forge.tools.batches import ToolBatches
from agent_forge.tools.definitions import Tool, known_tools
from agent_forge.tools.generator import examples
from agent_forge.tools.transcript import Spelling, refuse_misplaced, rows_of
from agent_forge.training.loop import Batches, Recipe, train_step
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training

ROWS = 320  # of the vocabulary: those of bytes, the reserved ones, and a few pieces of words
TEXT = 400_000  # bytes of general text to learn from
HELD_OUT = 32_768  # bytes of general text to measure on
LENGTH = 128  # tokens of a row of general text
STRANGE = "count"  # the tool that nothing is trained on


@dataclass(frozen=True)
class Lesson:
    """A seed's model before and after; `known` is what it was taught, `strange` the tool that is held out."""

    before: TinyTitan
    after: TinyTitan
    spelling: Spelling
    known: tuple[Tool, ...]
    strange: tuple[Tool, ...]
    general_BT: torch.Tensor


def lesson_of(settings: Settings, seed: int) -> Lesson:
    """The seed's pair under a budget; an arm's own settings change nothing of it."""
    budget = {key: value for key, value in settings.items() if key not in ("speaker", "constrained")}
    return _lesson(seed, tuple(sorted(budget.items())))


@functools.lru_cache(maxsize=1)
def _lesson(seed: int, budget: tuple[tuple[str, str | int | float | bool], ...]) -> Lesson:
    settings = dict(budget)
    texts = [_text("train", TEXT), _text("held_out", HELD_OUT)]
    tokenizer = TextTokenizer.train(excerpts([texts[0]], 50_000, 1), ROWS)
    stream, held_out = (torch.tensor(tokenizer.encode(text)) for text in texts)
    tools = known_tools()
    known = tuple(tool for name, tool in tools.items() if name != STRANGE)
    spelling = Spelling(tokenizer)
    model = TinyTitan(_config()).initialise(seed)
    steps, batch = int(settings["school_steps"]), int(settings["batch"])
    general = Sampler(stream, tokenizer, LENGTH, batch, seed, steps)
    before = _trained(model, general, steps, float(settings["rate"]))
    rows = rows_of(spelling, examples(known, int(settings["examples"]), seed))
    refuse_misplaced(spelling, rows)
    steps = int(settings["steps"])
    replayed = Sampler(
        stream, tokenizer, rows.tokens_NT.shape[1], int(settings["replayed_rows"]), seed + 1, steps
    )
    taught = ToolBatches(rows, batch, seed, replayed, float(settings["replay_share"]))
    after = _trained(copy.deepcopy(before), taught, steps, float(settings["rate"]))
    count = (len(held_out) - 1) // LENGTH
    general_BT = torch.stack([held_out[n * LENGTH : (n + 1) * LENGTH + 1] for n in range(count)])
    return Lesson(before, after, spelling, known, (tools[STRANGE],), general_BT)


def _text(side: str, most: int) -> str:
    return bytes(byte_stream(side)[:most].tolist()).decode(errors="ignore")


def _config() -> ModelConfig:
    """Two blocks of width 128. The memory is there because copying a value out of a request needs it here."""
    arch = ArchConfig(d_model=128, num_layers=2, num_heads=4, d_ff=256, vocab_size=ROWS, window=128)
    return ModelConfig(arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(dim=32, chunk=16))


def _trained(model: TinyTitan, batches: Batches, steps: int, rate: float) -> TinyTitan:
    schedule = Schedule(rate, steps, max(1, steps // 20), 0.05)
    recipe = Recipe(schedule, 0, steps, 0.01, 1.0, 1, NextToken(lambda _: 0.0))
    training = Training.begin(model.train(), 0.01)
    for step in range(steps):
        train_step(training, batches.batch(step), recipe, step)
    return model.eval()


@torch.no_grad()
def nats(model: TinyTitan, rows_BT: torch.Tensor) -> float:
    """Mean loss of a token of general text."""
    total = 0.0
    for part_BT in rows_BT.split(32):
        logits_BTV = model(part_BT[:, :-1]).logits_BTV
        total += float(F.cross_entropy(logits_BTV.flatten(0, 1), part_BT[:, 1:].flatten(), reduction="sum"))
    return total / rows_BT[:, 1:].numel()
