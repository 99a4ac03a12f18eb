"""A small evolution: a base, three variants of it, a corpus, and the phase's jobs one after the other."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.folder import save_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Document, InputModel, Stage
from agent_forge.phases.evomerge.config import EvomergeConfig
from agent_forge.phases.evomerge.phase import run
from tests.data.texts import documents
from tests.phases.fake_context import FolderContext

VARIANTS = ("reasoning", "memory", "adaptive")
CONFIG = replace(
    EvomergeConfig.preset("test"),
    population=4, elites=1, generations=2, plateau_generations=0, seq_len=32, screen_tokens=128,
    rescore_tokens=192, report_tokens=192, probe_tokens=8, probe_items=4, finalists=2, held_out_every=3,
)  # fmt: skip
CORPUS = [Document(f"{i}.txt", text) for i, text in enumerate(documents(12, sentences=30))]
Registered = dict[str, tuple[InputModel, Path]]


def registered(root: Path, held_out_every: int = 3, spread: float = 0.02) -> Registered:
    """A base drawn at random and three models near it, saved as folders."""
    tokenizer = TextTokenizer.train([document.text for document in CORPUS], 320)
    arch = ArchConfig(d_model=32, num_layers=2, num_heads=2, d_ff=32, vocab_size=320, window=16)
    config = ModelConfig(
        arch=arch, act=ActConfig(n_max=2), ltm=LtmConfig(dim=8, chunk=16), tokenizer_hash=tokenizer.hash
    ).with_lineage(held_out_every=held_out_every)
    base = TinyTitan(config).initialise(1)
    base_hash = save_model(base, root / "models" / "base", tokenizer.json)
    found: Registered = {"base": (InputModel("base", "base", "ID-BASE"), root / "models" / "base")}
    for number, name in enumerate(VARIANTS):
        variant = TinyTitan(config.with_lineage(base_hash=base_hash, parents=(base_hash,)))
        generator = torch.Generator().manual_seed(number)
        state = {
            key: tensor + spread * torch.empty_like(tensor).normal_(generator=generator)
            for key, tensor in base.state_dict().items()
        }
        variant.load_state_dict(state)
        save_model(variant, root / "models" / name, tokenizer.json)
        found[name] = (InputModel(name, "variant", f"ID-{name}"), root / "models" / name)
    return found


class Room:
    """Runs jobs of the phase below one folder."""

    def __init__(
        self, root: Path, models: Registered, config: EvomergeConfig = CONFIG, seed: int = 1
    ) -> None:
        self.root, self.models, self.config, self.seed = root, models, config, seed

    def job(self, name: str, kind: str, turn: int | None = None, index: int | None = None) -> FolderContext:
        """The context of one job; a second one of the same job finds what the first left behind."""
        size = self.config.workers if kind == "array" else 1
        stage = Stage(name, kind, size, index, turn)
        return FolderContext(
            self.root, stage, self.config.to_json(), CORPUS, self.seed, group=("evaluate", "select"),
            registered=self.models,
        )  # fmt: skip

    def plan(self, turn: int) -> list[FolderContext]:
        """The jobs of one round."""
        shares = [self.job("evaluate", "array", turn, index) for index in range(self.config.workers)]
        return [*shares, self.job("select", "reduce", turn)]

    def evolve(self, before: Callable[[FolderContext], None] = lambda _: None) -> dict[str, FolderContext]:
        """All jobs in their order; the contexts by stage and round.

        Args:
            before: is called with each job before it runs.
        """
        done: dict[str, FolderContext] = {}

        def perform(context: FolderContext, key: str) -> None:
            before(context)
            run(context)
            done[key] = context

        perform(self.job("found", "single"), "found")
        turn, again = 0, True
        while again:
            for context in self.plan(turn):
                index = "" if context.stage.index is None else f"-{context.stage.index}"
                perform(context, f"{context.stage.name}{index}@{turn}")
            again, turn = done[f"select@{turn}"].again, turn + 1
        perform(self.job("finish", "reduce"), "finish")
        return done


def state(context: FolderContext) -> dict[str, Any]:
    """The state that a job left."""
    document: dict[str, Any] = json.loads((context.output / "artifacts" / "state").read_text())
    return document


def artifacts(context: FolderContext) -> dict[str, bytes]:
    """Every file of a job's output, by its path."""
    return {
        path.relative_to(context.output).as_posix(): path.read_bytes()
        for path in sorted(context.output.rglob("*"))
        if path.is_file()
    }
