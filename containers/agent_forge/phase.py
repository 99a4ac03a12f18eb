"""The contract between a phase and what runs it: a phase is handed a `PhaseContext` and knows nothing else.

Storage, checkpoints and tracking are reached through these protocols only, so that the same phase runs under
AWS Batch, under the local job runner and inside a test with a dictionary behind each protocol.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

Json = Any  # a JSON document: what json.loads returns


@dataclass(frozen=True)
class Stage:
    """One step of a phase's plan.

    `index` is the array child's number, None outside an array. `round` counts from 0 in a stage that
    contracts/phases.json repeats, None elsewhere.
    """

    name: str
    kind: str  # single | array | reduce
    size: int
    index: int | None
    round: int | None = None


@dataclass(frozen=True)
class Document:
    """One text of a corpus."""

    id: str
    text: str


@dataclass(frozen=True)
class InputModel:
    """A registered model that the job is handed.

    `name` opens it (`PhaseContext.model`), `role` is the registry's (`base`, `variant`, ...), `model_id` is
    what a `Parent` names it by.
    """

    name: str
    role: str
    model_id: str


@dataclass(frozen=True)
class Parent:
    """A lineage edge: `name` of a model of this phase, or `model_id` of a registered one."""

    relation: str
    name: str | None = None
    model_id: str | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint as read back: tensors by name, the JSON resume state and the step it follows."""

    step: int
    tensors: Mapping[str, Tensor]
    resume: Json


@dataclass(frozen=True)
class StageOutput:
    """What one job of an earlier stage left: local, hash-verified files."""

    index: int | None
    # Model name -> folder with model.safetensors, config.json, tokenizer.json, properties.json.
    models: Mapping[str, Path]
    artifacts: Mapping[str, Path]
    metrics: Sequence[Mapping[str, Json]]


class Checkpoints(Protocol):
    """Resumable state of one job. Every phase uses this one.

    In a repeated group of stages, the last stage (the reduce) has one series over all rounds, so that each
    round can be kept as a step of it; whoever reads it compares the step with its round. Every other stage
    has a series per round.
    """

    def latest(self) -> Checkpoint | None:
        """The newest checkpoint that verifies, or None when there is none at all.

        Raises:
            ForgeError(corrupt): checkpoints exist and none of them verifies; names the files.
        """
        ...

    def due(self) -> bool:
        """True when the interval has passed since the last save, or when a stop was requested."""
        ...

    def save(
        self,
        step: int,
        tensors: Mapping[str, Tensor],
        resume: Json,
        metrics: Mapping[str, float],
        best: bool = False,
    ) -> None:
        """Publish a checkpoint atomically, then raise ForgeError(preempted) if a stop was requested."""
        ...


class Tracker(Protocol):
    """Metric records and progress. A number that is not logged here cannot be shown anywhere."""

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
        """Write a metric record into the result manifest; its id. `name` is `<subject>/<measure>`."""
        ...

    def training(self, step: int, values: Mapping[str, float]) -> None:
        """Emit a `training_metrics` event and append it to metrics.jsonl (a published artifact)."""
        ...

    def generation(self, update: Mapping[str, Json]) -> None:
        """Emit a `generation_update` event: one evaluated generation with its tree."""
        ...

    def compression(self, update: Mapping[str, Json]) -> None:
        """Emit a `compression_progress` event: a tensor measured, a family encoded, a file chosen."""
        ...

    def progress(self, step: int, steps: int, message: str) -> None:
        """Emit a `phase_progress` event (rate limited) with an ETA."""
        ...

    def warning(self, kind: str, message: str, facts: Mapping[str, Json]) -> None:
        """Say that something went wrong and was survived: an `error_notification` event and a line on stderr.

        `kind` is the error kind it would have been.
        """
        ...


class PhaseContext(Protocol):
    """Everything a phase may touch."""

    stage: Stage
    config: Mapping[str, Json]  # resolved phase settings, complete and schema-checked
    seed: int
    threads: int
    run_id: str
    work: Path  # scratch folder of this attempt
    checkpoints: Checkpoints
    tracker: Tracker

    def corpus(self) -> Iterator[Document]:
        """The documents of the run's corpus, in file order, after its hash was verified."""
        ...

    def model(self, name: str) -> Path:
        """Local, verified folder of a registered input model."""
        ...

    def input_models(self) -> Sequence[InputModel]:
        """The registered models that the job is handed, in the order of the run; nothing is fetched."""
        ...

    def stage_outputs(self, stage: str) -> Sequence[StageOutput]:
        """Outputs of another stage of this phase, in index order.

        Where stages repeat together: an earlier one of the group gives this round's outputs; the stage
        itself or a later one of the group gives the round before, which is empty in round 0. A stage after
        the group gets the last round's.
        """
        ...

    def ask_again(self) -> None:
        """Ask for another round; only the last stage of a repeated group may.

        Raises:
            ForgeError(bug): this stage does not repeat, or gathers nothing.
        """
        ...

    def publish_model(self, name: str, role: str, folder: Path, parents: Sequence[Parent]) -> None:
        """Measure properties, hash, publish the folder's files and add the model to the result manifest."""
        ...

    def publish_artifact(self, name: str, path: Path, media_type: str) -> None:
        """Hash and publish one file and add it to the result manifest."""
        ...


class Phase(Protocol):
    """A phase module exposes `run(context)`, one call per job of one stage."""

    def run(self, context: PhaseContext) -> None: ...
