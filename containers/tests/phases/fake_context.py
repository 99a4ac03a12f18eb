"""A PhaseContext over a folder: the protocols of phase.py with files and dictionaries behind them."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save
from torch import Tensor

from agent_forge.errors import ForgeError
from agent_forge.phase import Checkpoint, Document, InputModel, Parent, Stage, StageOutput


@dataclass
class FolderCheckpoints:
    """Keeps the newest checkpoint in a folder; `stop_after_saves` requests a stop at that save."""

    folder: Path
    stop_after_saves: int | None = None
    every_step: bool = False
    saves: int = 0

    def latest(self) -> Checkpoint | None:
        path = self.folder / "latest.safetensors"
        if not path.exists():
            return None
        step = int((self.folder / "step").read_text())
        return Checkpoint(step, load_file(path), json.loads((self.folder / "resume.json").read_text()))

    def due(self) -> bool:
        return self.every_step

    def save(
        self,
        step: int,
        tensors: Mapping[str, Tensor],
        resume: Any,
        metrics: Mapping[str, float],
        best: bool = False,
    ) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "latest.safetensors").write_bytes(
            save({k: t.contiguous() for k, t in tensors.items()})
        )
        (self.folder / "step").write_text(str(step))
        (self.folder / "resume.json").write_text(json.dumps(resume))
        self.saves += 1
        if self.saves == self.stop_after_saves:
            raise ForgeError("preempted", "a stop was requested", None)


@dataclass
class DictTracker:
    """Remembers what was logged."""

    records: dict[str, float] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    warnings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    trained: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    generations: list[dict[str, Any]] = field(default_factory=list)
    compressions: list[dict[str, Any]] = field(default_factory=list)

    def record(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        source: str,
        step: int | None = None,
        model: str | None = None,
        split: str | None = None,
    ) -> str:
        assert name not in self.records, f"{name} was recorded twice"
        self.records[name] = value
        self.units[name] = unit
        return f"fake/{name}"

    def training(self, step: int, values: Mapping[str, float]) -> None:
        self.trained.append((step, dict(values)))

    def warning(self, kind: str, message: str, facts: Mapping[str, Any]) -> None:
        self.warnings.append((kind, dict(facts)))

    def generation(self, update: Mapping[str, Any]) -> None:
        self.generations.append(json.loads(json.dumps(dict(update), allow_nan=False)))

    def compression(self, update: Mapping[str, Any]) -> None:
        self.compressions.append(json.loads(json.dumps(dict(update), allow_nan=False)))

    def progress(self, step: int, steps: int, message: str) -> None:
        assert 0 <= step <= steps


@dataclass
class FolderContext:
    """One job. Published files land below `root/out/<stage>[/r<round>][/<index>]`.

    `group` names the stages that repeat together, in their order; `registered` maps the name of each input
    model to what is known of it and its folder.
    """

    root: Path
    stage: Stage
    config: Mapping[str, Any]
    documents: Sequence[Document] = ()
    seed: int = 1
    threads: int = 1
    run_id: str = "01TESTRUN"
    parents: dict[str, tuple[str, tuple[Parent, ...]]] = field(default_factory=dict)
    group: Sequence[str] = ()
    registered: Mapping[str, tuple[InputModel, Path]] = field(default_factory=dict)
    again: bool = False

    def __post_init__(self) -> None:
        name, turn, index = self.stage.name, self.stage.round, self.stage.index
        place = "/".join([name, *_turn(turn), *([] if index is None else [str(index)])])
        self.output = self.root / "out" / place
        self.work = self.root / "work" / place
        self.work.mkdir(parents=True, exist_ok=True)
        self.tracker = DictTracker()
        # The last stage of a group has one series over its rounds.
        series = name if self.group and name == self.group[-1] else place
        self.checkpoints = FolderCheckpoints(self.root / "checkpoints" / series)

    def corpus(self) -> Iterator[Document]:
        yield from self.documents

    def model(self, name: str) -> Path:
        return self.registered[name][1]

    def input_models(self) -> Sequence[InputModel]:
        return [model for model, _ in self.registered.values()]

    def ask_again(self) -> None:
        assert self.stage.round is not None, f"{self.stage.name} does not repeat"
        assert self.stage.kind == "reduce", f"{self.stage.name} gathers nothing"
        self.again = True

    def stage_outputs(self, stage: str) -> Sequence[StageOutput]:
        top = self.root / "out" / stage
        if stage in self.group:
            turn = self._round_of(stage)
            if turn < 0:
                return []
            top = top / f"r{turn}"
        children = sorted((p for p in top.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))
        places = [(int(p.name), p) for p in children] or [(None, top)]
        return [
            StageOutput(index, _entries(p / "models"), _entries(p / "artifacts"), ()) for index, p in places
        ]

    def _round_of(self, stage: str) -> int:
        """Which round of a repeated stage this job reads; -1 where there is none yet."""
        turn = self.stage.round
        if turn is None:
            rounds = (self.root / "out" / stage).glob("r*")
            return max((int(path.name[1:]) for path in rounds), default=-1)
        earlier = self.group.index(stage) < self.group.index(self.stage.name)
        return turn if earlier else turn - 1

    def publish_model(self, name: str, role: str, folder: Path, parents: Sequence[Parent]) -> None:
        shutil.copytree(folder, self.output / "models" / name, dirs_exist_ok=True)
        self.parents[name] = (role, tuple(parents))

    def publish_artifact(self, name: str, path: Path, media_type: str) -> None:
        target = self.output / "artifacts" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _turn(turn: int | None) -> list[str]:
    return [] if turn is None else [f"r{turn}"]


def _entries(folder: Path) -> dict[str, Path]:
    return {p.name: p for p in sorted(folder.iterdir())} if folder.exists() else {}
