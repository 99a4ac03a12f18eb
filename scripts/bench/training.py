"""The training loop beside a bare torch loop, and what pondering and memory cost: one thread, CPU seconds.

All loops train on the same shape, in turns, in this one process. Figures are printed as one line of JSON.

Legend: B rows, T tokens, D width, F inner width, H heads, K head width, V vocabulary rows.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from agent_forge.checkpoint.schedule import SaveSchedule
from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.determinism import prepare_process
from agent_forge.identity import JobIdentity
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.cognate.config import CognateConfig
from agent_forge.phases.cognate.variants import BASE
from agent_forge.tracking.events import EventStream
from agent_forge.tracking.jsonl import JsonlTracker
from agent_forge.training.loop import Recipe, train
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import ponder_weight
from agent_forge.training.training_state import Training

SEED = 1
Loop = Callable[[int], None]  # trains so many steps more


@dataclass(frozen=True)
class Counts:
    """How much is measured; `warm_up` steps come before."""

    preset: str
    warm_up: int
    steps: int
    rounds: int


COUNTS = {"full": Counts("demo", 3, 10, 7), "tiny": Counts("test", 1, 2, 2)}


class PlainModel(nn.Module):
    """A transformer of the same shape as anybody would write it: no window, no sub-norms, no flags."""

    def __init__(self, config: CognateConfig) -> None:
        super().__init__()
        width, inner = config.d_model, config.d_ff
        self.heads = config.num_heads
        self.embedding = nn.Embedding(config.vocab_size, width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        square = ("q", "k", "v", "o")
        self.blocks = nn.ModuleList(
            nn.ModuleDict(
                {name: nn.Linear(width, width, bias=False) for name in square}
                | {name: nn.Linear(width, inner, bias=False) for name in ("gate", "up")}
                | {"down": nn.Linear(inner, width, bias=False)}
                | {name: nn.RMSNorm(width) for name in ("attn_norm", "ffn_norm")}
            )
            for _ in range(config.num_layers)
        )
        self.norm = nn.RMSNorm(width)
        half = width // config.num_heads // 2
        angle = torch.arange(config.seq_len)[:, None] * 10_000.0 ** (-torch.arange(half) / half)
        self.cos_TK = torch.cat([angle, angle], dim=-1).cos()
        self.sin_TK = torch.cat([angle, angle], dim=-1).sin()

    def forward(self, tokens_BT: Tensor) -> Tensor:
        """Logits (B, T, V)."""
        x_BTD = self.embedding(tokens_BT)
        for block in self.blocks:
            parts = cast(nn.ModuleDict, block)
            normed_BTD = parts["attn_norm"](x_BTD)
            q, k, v = (self._heads(parts[name](normed_BTD)) for name in ("q", "k", "v"))
            mixed = F.scaled_dot_product_attention(self._rotate(q), self._rotate(k), v, is_causal=True)
            x_BTD = x_BTD + parts["o"](mixed.transpose(1, 2).flatten(-2))
            normed_BTD = parts["ffn_norm"](x_BTD)
            x_BTD = x_BTD + parts["down"](F.silu(parts["gate"](normed_BTD)) * parts["up"](normed_BTD))
        return F.linear(self.norm(x_BTD), self.embedding.weight)

    def _heads(self, x_BTD: Tensor) -> Tensor:
        return x_BTD.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def _rotate(self, x_BHTK: Tensor) -> Tensor:
        first, second = x_BHTK.chunk(2, dim=-1)
        return x_BHTK * self.cos_TK + torch.cat([-second, first], dim=-1) * self.sin_TK


def windows(config: CognateConfig, steps: int) -> Tensor:
    """Random tokens as (steps, B, T + 1): no loop's speed depends on what they say."""
    generator = torch.Generator().manual_seed(SEED)
    return torch.randint(
        config.vocab_size,
        (steps, config.batch_size, config.seq_len + 1),
        generator=generator,
    )


def bare_loop(config: CognateConfig, model: nn.Module, logits: Callable[[Tensor], Tensor]) -> Loop:
    """What is left of a training loop when everything is left out that the arithmetic does not need."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), fused=True)
    batches = windows(config, 16)
    model.train()
    done = 0

    def go(steps: int) -> None:
        nonlocal done
        for _ in range(steps):
            tokens = batches[done % len(batches)]
            done += 1
            loss = F.cross_entropy(logits(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
            optimizer.step()

    return go


class _NoCheckpoints:
    """Asked at every step as in a job, and never due."""

    def __init__(self) -> None:
        self._schedule = SaveSchedule(1e9)

    def latest(self) -> None:
        return None

    def due(self) -> bool:
        return self._schedule.due()


def our_loop(config: CognateConfig, sampler: Sampler, curve: Path) -> Loop:
    """`train` as phase 1 calls it: sampler, tracker, schedule, checks and log included."""
    model = TinyTitan(config.model(tokenizer_hash="", seed=SEED)).initialise(SEED)
    training = Training.begin(model, config.weight_decay)
    identity = JobIdentity("bench", "bench-1", "cognate", "base", None, "bench", 1)
    tracker = JsonlTracker(identity, EventStream(StringIO()).emit, curve)
    context = SimpleNamespace(threads=1, seed=SEED, checkpoints=_NoCheckpoints(), tracker=tracker)
    done = 0

    def go(steps: int) -> None:
        nonlocal done
        recipe = Recipe(
            config.schedule, done, done + steps, config.weight_decay, config.grad_clip, config.log_every,
            NextToken(lambda step: ponder_weight(config.ponder_tau, step, config.steps)),
        )  # fmt: skip
        train(cast(PhaseContext, context), training, sampler, recipe, "bench")
        done += steps

    return go


def loops(config: CognateConfig, folder: Path) -> Mapping[str, Loop]:
    """Every loop by name."""
    words = [f"{chr(97 + i % 26)}{i} " for i in range(200)]
    tokenizer = TextTokenizer.train([" ".join(words) * 2], 320)
    stream = windows(config, 200).flatten().int()
    mixture = BASE.mixture(config.synthetic_share)
    sampler = Sampler(
        stream,
        tokenizer,
        config.seq_len,
        config.batch_size,
        SEED,
        config.steps,
        mixture,
    )
    flags = {
        "off": (False, False),
        "act": (True, False),
        "memory": (False, True),
        "both": (True, True),
    }
    ours = {
        name: our_loop(replace(config, act_enabled=act, ltm_enabled=ltm), sampler, folder / name)
        for name, (act, ltm) in flags.items()
    }
    off = replace(config, act_enabled=False, ltm_enabled=False)
    same = TinyTitan(off.model(tokenizer_hash="", seed=SEED)).initialise(SEED)
    plain = PlainModel(config)
    return {
        **ours,
        "bare": bare_loop(config, same, lambda tokens_BT: same(tokens_BT).logits_BTV),
        "plain": bare_loop(config, plain, plain),
    }


def measure(counts: Counts, config: CognateConfig) -> dict[str, list[float]]:
    """CPU seconds per step of each loop, one value per round, the loops taking turns."""
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        all_loops = loops(config, Path(folder))
        for loop in all_loops.values():
            loop(counts.warm_up)
        for _ in range(counts.rounds):
            for name, loop in all_loops.items():
                before = time.process_time()
                loop(counts.steps)
                seconds.setdefault(name, []).append((time.process_time() - before) / counts.steps)
    return seconds


def figures(config: CognateConfig, seconds: Mapping[str, list[float]]) -> list[dict[str, Any]]:
    """Speeds against the bare loops, costs against our own loop without pondering and memory."""
    tokens = config.seq_len * config.batch_size
    speed = {name: [tokens / value for value in values] for name, values in seconds.items()}
    off = {"what": "the same loop without both", "values": seconds["off"]}

    def faster(name: str, what: str, limit: str, **targets: Any) -> dict[str, Any]:
        beside = {"what": what, "values": speed[limit]}
        return {
            "name": name,
            "unit": "tok/CPU s",
            "values": speed["off"],
            "limit": beside,
            **targets,
        }

    def cost(name: str, loop: str, **targets: Any) -> dict[str, Any]:
        return {
            "name": name,
            "unit": "CPU s/step",
            "values": seconds[loop],
            "limit": off,
            **targets,
        }

    least = {"of": "ratio", "op": ">=", "bound": 0.95}
    most = {"of": "ratio", "op": "<=", "bound": 2.2}
    return [
        faster(
            "training loop, pondering and memory off", "bare loop, same model", "bare", floor=least, aim=least
        ),
        faster("the same beside a plain transformer", "bare loop, plain model of the shape", "plain"),
        cost("with pondering and memory", "both", aim=most),
        cost("with pondering alone", "act"),
        cost("with memory alone", "memory"),
    ]  # fmt: skip


def main(size: str) -> None:
    """Print the figures."""
    counts = COUNTS[size]
    prepare_process(SEED, 1)
    config = CognateConfig.preset(counts.preset)
    sys.stdout.write(json.dumps(figures(config, measure(counts, config))))


if __name__ == "__main__":
    main(sys.argv[1])
