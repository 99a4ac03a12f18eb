"""task.json: read, checked against its schema and turned into values with names."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agent_forge.checkpoint.resume_point import ResumePoint
from agent_forge.contracts import canonical_json, validate
from agent_forge.environment import JobEnvironment
from agent_forge.errors import ForgeError
from agent_forge.identity import JobIdentity
from agent_forge.storage.base import open_storage


@dataclass(frozen=True)
class TaskSpec:
    """A checked task spec. `inputs` stay JSON: each kind is read by the one function that fetches it."""

    run_id: str
    execution: str
    phase: str
    stage_name: str
    stage_kind: str
    stage_size: int
    config: Mapping[str, Any]
    inputs: tuple[Mapping[str, Any], ...]
    output: str
    checkpoints: str
    blobs: str
    seed: int
    threads: int
    checkpoint_seconds: float
    checkpoint_steps: int | None = None
    lease_seconds: float | None = None
    reuse: bool = False
    resume_from: Mapping[int | None, ResumePoint] = field(default_factory=dict)
    round: int | None = None
    phase_attempt: int = 1

    def identify(self, environment: JobEnvironment) -> JobIdentity:
        """Say which job of the stage this process is.

        Raises:
            ForgeError(validation): the array index and the stage's size do not go together.
        """
        index, size = environment.array_index, self.stage_size
        # A queue has no array of one child: such a stage runs as a plain job and writes no `<index>/` folder.
        is_array = self.stage_kind == "array" and size > 1
        if is_array != (index is not None) or (index is not None and index >= size):
            expected = f"a number below {size}" if is_array else "none"
            raise ForgeError(
                "validation",
                f"AWS_BATCH_JOB_ARRAY_INDEX is {index}; stage {self.stage_name!r} ({self.stage_kind}, "
                f"size {size}) expects {expected}.",
            )
        job_id = environment.job_id or "manual"
        return JobIdentity(
            self.run_id,
            self.execution,
            self.phase,
            self.stage_name,
            index,
            job_id,
            environment.attempt,
            self.round,
            self.phase_attempt,
        )

    def fingerprint(self, index: int | None) -> dict[str, Any]:
        """Everything that decides the job's numbers: a checkpoint taken under another one is refused.

        Without the round: where rounds share a series, one goes on from the other's checkpoint.
        """
        return {
            "phase": self.phase,
            "stage": {
                "name": self.stage_name,
                "kind": self.stage_kind,
                "size": self.stage_size,
                "index": index,
            },
            "config": dict(self.config),
            "inputs": [_input_fingerprint(item) for item in self.inputs],
            "seed": self.seed,
            "threads": self.threads,
        }


def load_task_spec(uri: str) -> TaskSpec:
    """Read and check a task spec and the phase settings in it.

    Raises:
        ForgeError(validation): not JSON, or not what the schemas of the spec and of the phase's settings say.
        ForgeError(not_found): nothing lies at the address.
    """
    data = open_storage(uri).read_bytes(uri)
    try:
        document = json.loads(data)
    except ValueError as error:
        raise ForgeError("validation", f"The task spec at {uri} is not JSON: {error}.") from error
    validate(document, "task-spec", kind="validation", where=uri)
    validate(document["config"], f"phases/{document['phase']}", kind="validation", where=f"{uri}#/config")
    stage = document["stage"]
    return TaskSpec(
        run_id=document["runId"],
        execution=document["execution"],
        phase=document["phase"],
        stage_name=stage["name"],
        stage_kind=stage["kind"],
        stage_size=stage["size"],
        config=document["config"],
        inputs=tuple(document["inputs"]),
        output=_prefix(document["output"]),
        checkpoints=_prefix(document["checkpoints"]),
        blobs=_prefix(document["blobs"]),
        seed=document["seed"],
        threads=document["threads"],
        checkpoint_seconds=document["limits"]["checkpointSeconds"],
        checkpoint_steps=document["limits"].get("checkpointSteps"),
        lease_seconds=document["limits"].get("leaseSeconds"),
        reuse=document.get("reuse", False),
        resume_from={
            point["index"]: ResumePoint(point["step"], point["sha256"], point["acceptSettings"])
            for point in document.get("resumeFrom", [])
        },
        round=stage.get("round"),
        phase_attempt=document.get("phaseAttempt", 1),
    )


def fingerprint_hash(fingerprint: Mapping[str, Any]) -> str:
    """The `configHash` of a checkpoint manifest."""
    return hashlib.sha256(canonical_json(fingerprint)).hexdigest()


def _prefix(uri: str) -> str:
    return uri if uri.endswith("/") else uri + "/"


def _input_fingerprint(item: Mapping[str, Any]) -> dict[str, Any]:
    """An input by content: where it lies may change between two attempts, what it is may not."""
    files = {file["path"]: file["sha256"] for file in item.get("files", [])}
    return {"name": item["name"], "kind": item["kind"], "sha256": item.get("sha256"), "files": files}
