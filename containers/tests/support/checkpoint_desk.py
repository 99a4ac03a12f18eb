"""Checkpoints of one job on their own: a store, a stop asked for by hand, and the events in a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from agent_forge.checkpoint.resume_point import ResumePoint
from agent_forge.checkpoint.schedule import SaveSchedule
from agent_forge.checkpoint.store import CheckpointPlace, CheckpointStore
from agent_forge.identity import JobIdentity
from agent_forge.phase import Checkpoint
from agent_forge.stop import StopRequest
from agent_forge.task_spec import fingerprint_hash
from tests.support.job_room import JOB_ID, RUN_ID, JobRoom

PREFIX = "checkpoints/base/"


class Notes:
    """A companion that keeps one document."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}

    def snapshot(self) -> dict[str, Any]:
        """The document."""
        return self.document

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take over a document."""
        self.document = dict(snapshot)


@dataclass
class Desk:
    """A checkpoint store with everything around it."""

    store: CheckpointStore
    stop: StopRequest
    events: list[tuple[str, Mapping[str, Any]]]
    notes: Notes

    def types(self) -> list[str]:
        """Event types in order."""
        return [kind for kind, _ in self.events]

    def save(self, step: int, *, best: bool = False) -> None:
        """Save the state that belongs to a step."""
        self.store.save(step, state_of(step), {"position": step * 10}, {"loss": 1 / (step + 1)}, best)


def open_desk(
    room: JobRoom,
    *,
    attempt: int = 1,
    execution: int = 1,
    stage: str = "base",
    seconds: float = 3600.0,
    config: Mapping[str, Any] | None = None,
    code_hash: str = "0" * 64,
    run: str = RUN_ID,
    prefix: str | None = None,
    begin: ResumePoint | None = None,
    start: int = 1,
) -> Desk:
    """A store for one attempt of a job of the room."""
    identity = JobIdentity(
        run, f"{run}-{execution}", "cognate", stage, None, JOB_ID, attempt, phase_attempt=start
    )
    fingerprint = {"config": {"steps": 5, "learning_rate": 0.1, **(config or {})}, "seed": 1}
    place = CheckpointPlace(
        storage=room.storage,
        blobs=room.blobs,
        prefix=room.uri(prefix or f"checkpoints/{stage}/"),
        scratch=room.path("scratch"),
        identity=identity,
        fingerprint=fingerprint,
        config_hash=fingerprint_hash(fingerprint),
        code_hash=code_hash,
        begin=begin,
    )
    events: list[tuple[str, Mapping[str, Any]]] = []
    stop, notes = StopRequest(), Notes()
    emit = lambda kind, data: events.append((kind, data))  # noqa: E731
    return Desk(CheckpointStore(place, SaveSchedule(seconds), stop, emit, notes), stop, events, notes)


def state_of(step: int) -> dict[str, Tensor]:
    """The tensors that belong to a step: no two steps share a number."""
    weights = torch.arange(12, dtype=torch.float32).reshape(3, 4) + 100 * step
    return {"weights": weights, "moment": weights.to(torch.bfloat16) / 2, "count": torch.tensor(step)}


def is_state_of(checkpoint: Checkpoint, step: int) -> bool:
    """Whether a checkpoint is, bit for bit, the one of a step."""
    expected = state_of(step)
    return (
        checkpoint.step == step
        and checkpoint.resume == {"position": step * 10}
        and checkpoint.tensors.keys() == expected.keys()
        and all(torch.equal(checkpoint.tensors[name], tensor) for name, tensor in expected.items())
        and all(checkpoint.tensors[name].dtype == tensor.dtype for name, tensor in expected.items())
    )
