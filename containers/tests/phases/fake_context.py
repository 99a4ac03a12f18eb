"""A PhaseContext over a folder: the protocols of phase.py with files and dictionaries behind them."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save
from torch import Tensor

from agent_forge.errors import ForgeError
from agent_forge.phase import Checkpoint, Document, Parent, Stage, StageOutput


@dataclass
class FolderCheckpoints:
    """Keeps the newest checkpoint in a folder; `stop_after_saves` requests a stop at that save."""

    folder: Path
    stop_after_saves: int | None = None
    every_step: bool = False
    saves: int = 0
    resume: Any = None

    def latest(self) -> Checkpoint | None:
        path = self.folder / "latest.safetensors"
        if not path.exists():
            return None
        step = int((self.folder / "step").read_text())
        return Checkpoint(step, load_file(path), self.resume)

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
        self.resume = resume
        self.saves += 1
        if self.saves == self.stop_after_saves:
            raise ForgeError("preempted", "a stop was requested", None)


@dataclass
class DictTracker:
    """Remembers what was logged."""

    records: dict[str, float] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    trained: list[tuple[int, dict[str, float]]] = field(default_factory=list)

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
    ) -> None:
        assert name not in self.records, f"{name} was recorded twice"
        self.records[name] = value
        self.units[name] = unit

    def training(self, step: int, values: Mapping[str, float]) -> None:
        self.trained.append((step, dict(values)))

    def progress(self, step: int, steps: int, message: str) -> None:
        assert 0 <= step <= steps


@dataclass
class FolderContext:
    """One job. Published files land below `root/<stage>[/<index>]`."""

    root: Path
    stage: Stage
    config: Mapping[str, Any]
    documents: Sequence[Document] = ()
    seed: int = 1
    threads: int = 1
    run_id: str = "01TESTRUN"
    parents: dict[str, tuple[str, tuple[Parent, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        place = self.stage.name if self.stage.index is None else f"{self.stage.name}/{self.stage.index}"
        self.output = self.root / "out" / place
        self.work = self.root / "work" / place
        self.work.mkdir(parents=True, exist_ok=True)
        self.tracker = DictTracker()
        self.checkpoints = FolderCheckpoints(self.root / "checkpoints" / place)

    def corpus(self) -> Iterator[Document]:
        yield from self.documents

    def model(self, name: str) -> Path:
        raise KeyError(name)

    def stage_outputs(self, stage: str) -> Sequence[StageOutput]:
        top = self.root / "out" / stage
        children = sorted((p for p in top.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))
        places = [(int(p.name), p) for p in children] or [(None, top)]
        return [
            StageOutput(index, _entries(p / "models"), _entries(p / "artifacts"), ()) for index, p in places
        ]

    def publish_model(self, name: str, role: str, folder: Path, parents: Sequence[Parent]) -> None:
        shutil.copytree(folder, self.output / "models" / name, dirs_exist_ok=True)
        self.parents[name] = (role, tuple(parents))

    def publish_artifact(self, name: str, path: Path, media_type: str) -> None:
        target = self.output / "artifacts" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _entries(folder: Path) -> dict[str, Path]:
    return {p.name: p for p in sorted(folder.iterdir())} if folder.exists() else {}
