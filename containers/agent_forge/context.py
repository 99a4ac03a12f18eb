"""The PhaseContext of a real job: what a phase may touch, wired to storage, checkpoints and tracking."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_forge.checkpoint.schedule import SaveSchedule
from agent_forge.checkpoint.shared import SharedCheckpoints
from agent_forge.checkpoint.store import CheckpointPlace, CheckpointStore, Stop
from agent_forge.code_hash import code_hash
from agent_forge.errors import ForgeError
from agent_forge.identity import JobIdentity
from agent_forge.inputs import JobInputs
from agent_forge.lineage import ModelShelf
from agent_forge.outputs import JobOutputs
from agent_forge.phase import Checkpoints, Document, InputModel, Parent, Stage, StageOutput, Tracker
from agent_forge.storage.base import open_storage
from agent_forge.storage.blobs import BlobStore
from agent_forge.task_spec import TaskSpec, fingerprint_hash
from agent_forge.tracking.events import Emit
from agent_forge.tracking.jsonl import JsonlTracker

CURVE = "metrics.jsonl"


class JobContext:
    """PhaseContext of one job; see agent_forge.phase.PhaseContext.

    Args:
        spec: the checked task spec.
        identity: the job and attempt.
        work: an empty scratch folder of this attempt.
        stop: whether the job has been asked to stop.
        emit: writes an event.
        member: rank and number of the processes that share the job; the first alone publishes.
    """

    def __init__(
        self,
        spec: TaskSpec,
        identity: JobIdentity,
        work: Path,
        stop: Stop,
        emit: Emit,
        member: tuple[int, int] = (0, 1),
    ) -> None:
        # A stage of one child runs as a plain job; the phase still sees child 0 of its array.
        index = 0 if spec.stage_kind == "array" and identity.index is None else identity.index
        self.stage = Stage(spec.stage_name, spec.stage_kind, spec.stage_size, index, spec.round)
        self.again = False
        self.config: Mapping[str, Any] = spec.config
        self.seed = spec.seed
        self.threads = spec.threads
        self.run_id = spec.run_id
        self.work = work / "phase"
        self.work.mkdir(parents=True)
        storage = open_storage(spec.output)
        blobs = BlobStore(storage, spec.blobs)
        shelf = ModelShelf(blobs)
        self._inputs = JobInputs(spec.inputs, storage, blobs, shelf, work / "inputs")
        self.outputs = JobOutputs(blobs, shelf, work / "outputs")
        self.measurements = JsonlTracker(identity, emit, work / CURVE)
        self.tracker: Tracker = self.measurements
        fingerprint = spec.fingerprint(identity.index)
        place = CheckpointPlace(
            storage=storage,
            blobs=blobs,
            prefix=spec.checkpoints + identity.subfolder,
            scratch=work / "checkpoint",
            identity=identity,
            fingerprint=fingerprint,
            config_hash=fingerprint_hash(fingerprint),
            code_hash=code_hash(identity.phase),
            begin=spec.resume_from.get(identity.index),
        )
        schedule = SaveSchedule(spec.checkpoint_seconds, spec.checkpoint_steps)
        store = CheckpointStore(place, schedule, stop, emit, self)
        rank, ranks = member
        self._leads = rank == 0
        self.checkpoints: Checkpoints = store if ranks == 1 else SharedCheckpoints(store, stop, self._leads)

    def corpus(self) -> Iterator[Document]:
        """Documents of the run's corpus; see PhaseContext."""
        return self._inputs.corpus()

    def model(self, name: str) -> Path:
        """Folder of a registered input model; see PhaseContext."""
        return self._inputs.model(name)

    def input_models(self) -> Sequence[InputModel]:
        """The registered input models; see PhaseContext."""
        return self._inputs.models()

    def ask_again(self) -> None:
        """Ask for another round; see PhaseContext."""
        if self.stage.round is None or self.stage.kind != "reduce":
            raise ForgeError(
                "bug",
                f"Stage {self.stage.name!r} ({self.stage.kind}, round {self.stage.round}) asks for another "
                "round; only the reduce that ends a repeated group in contracts/phases.json may.",
            )
        self.again = True

    def stage_outputs(self, stage: str) -> Sequence[StageOutput]:
        """Outputs of an earlier stage; see PhaseContext."""
        return self._inputs.stage_outputs(stage)

    def publish_model(self, name: str, role: str, folder: Path, parents: Sequence[Parent]) -> None:
        """Measure and publish a model; see PhaseContext."""
        if self._leads:
            self.outputs.publish_model(name, role, folder, parents)

    def publish_artifact(self, name: str, path: Path, media_type: str) -> None:
        """Publish one file; see PhaseContext."""
        if self._leads:
            self.outputs.publish_artifact(name, path, media_type)

    def publish_curve(self) -> None:
        """Publish metrics.jsonl, when the phase logged a training curve."""
        if self._leads and self.measurements.curve.exists():
            self.outputs.publish_artifact(CURVE, self.measurements.curve, "application/x-ndjson")

    def snapshot(self) -> dict[str, Any]:
        """What a checkpoint keeps beside the phase's own state."""
        return {
            "round": self.stage.round,
            "metrics": self.measurements.records(),
            "curve": self.measurements.curve_text(),
            "outputs": self.outputs.snapshot(),
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Go on from what an earlier attempt had at its checkpoint."""
        if snapshot.get("round") != self.stage.round:
            return  # another round's figures and models stand in its own result
        self.measurements.restore(snapshot["metrics"], snapshot["curve"])
        self.outputs.restore(snapshot["outputs"])
