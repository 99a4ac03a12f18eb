"""Checkpoints of one job: save publishes, latest reads back the newest that is whole.

Order of a save: files in the scratch folder -> SHA-256 -> blobs (if none match) -> manifest -> pointer, last.
A crash between any two leaves the checkpoint before it as the newest; what lies about is complete or has no
name.
"""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from agent_forge.checkpoint.files import read_files, write_files
from agent_forge.checkpoint.manifest import (
    POINTER,
    ManifestName,
    decode_manifest,
    decode_pointer,
    encode_manifest,
    encode_pointer,
    parse_manifest_name,
)
from agent_forge.checkpoint.resume_point import ResumePoint
from agent_forge.checkpoint.retention import drop_old
from agent_forge.checkpoint.schedule import SaveSchedule
from agent_forge.clock import utc_now
from agent_forge.contracts import canonical_json
from agent_forge.errors import ForgeError
from agent_forge.identity import JobIdentity
from agent_forge.phase import Checkpoint
from agent_forge.storage.base import Storage
from agent_forge.storage.blobs import BlobStore
from agent_forge.tracking.events import Emit, finite_number


class Stop(Protocol):
    """Whether the job has been asked to stop; see agent_forge.stop.StopRequest."""

    @property
    def requested(self) -> bool:
        """True from the first request on."""
        ...

    def raise_if_requested(self, saved: str) -> None:
        """Raise ForgeError(preempted) when requested."""
        ...


class Companion(Protocol):
    """What a resumed job must have again beside the phase's own state: metrics and models so far."""

    def snapshot(self) -> dict[str, Any]:
        """A JSON document."""
        ...

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Go on from a snapshot."""
        ...


@dataclass(frozen=True)
class CheckpointPlace:
    """Where the checkpoints of one job lie and what they must match.

    Args:
        storage: holds manifests and pointer.
        blobs: holds the files.
        prefix: the job's own checkpoint prefix, with a final slash.
        scratch: a local folder that may be emptied.
        identity: the job and attempt.
        fingerprint: everything that decides the job's numbers; `config_hash` is its hash.
        code_hash: hash of the code that runs; see agent_forge.code_hash.
        begin: the checkpoint of another run that this job begins at, where the run was forked from one.
    """

    storage: Storage
    blobs: BlobStore
    prefix: str
    scratch: Path
    identity: JobIdentity
    fingerprint: Mapping[str, Any]
    config_hash: str
    code_hash: str
    begin: ResumePoint | None = None


class CheckpointStore:
    """Checkpoints of one job; see agent_forge.phase.Checkpoints."""

    def __init__(
        self, place: CheckpointPlace, schedule: SaveSchedule, stop: Stop, emit: Emit, companion: Companion
    ) -> None:
        self._place = place
        self._schedule = schedule
        self._stop = stop
        self._emit = emit
        self._companion = companion
        self._newest: ManifestName | None = None

    def due(self) -> bool:
        """True when an interval has passed or a stop was requested; call it once after every step."""
        return self._schedule.due() or self._stop.requested

    def save(
        self,
        step: int,
        tensors: Mapping[str, Tensor],
        resume: Any,
        metrics: Mapping[str, float],
        best: bool = False,
    ) -> None:
        """Publish a checkpoint atomically, then end the job if a stop was requested.

        Args:
            step: the step it is taken after, from 0.
            tensors: by name; any shapes, copied.
            resume: JSON beside the tensors: data position, schedule position, random state.
            metrics: finite numbers to show with it.
            best: whether this is the best so far; the last best one is kept.

        Raises:
            ForgeError(preempted): a stop was requested; the checkpoint is published.
            ForgeError(conflict): a later attempt of this job has taken over.
        """
        self._refuse_when_overtaken()
        numbers = {name: finite_number(name, value) for name, value in metrics.items()}
        files = self._publish_files(step, tensors)
        identity = self._place.identity
        name, data = encode_manifest(
            {
                "schemaVersion": 1,
                **identity.job(),
                "step": step,
                "files": files,
                "parent": self._newest.sha256 if self._newest else None,
                "configHash": self._place.config_hash,
                "codeHash": self._place.code_hash,
                "metrics": numbers,
                "best": best,
                "timestamp": utc_now(),
                "resume": resume,
            }
        )
        self._place.storage.write(self._place.prefix + name.path, data)
        self._place.storage.write(self._place.prefix + POINTER, encode_pointer(name, identity.order))
        self._newest = name
        self._schedule.saved()
        self._emit("CheckpointSaved", self._describe(step, name, files, numbers, best))
        drop_old(self._place.storage, self._place.blobs, self._place.prefix, name, identity.run_id)
        self._stop.raise_if_requested(f"the checkpoint of step {step}")

    def latest(self) -> Checkpoint | None:
        """The newest checkpoint that verifies, or None when there is none at all.

        Raises:
            ForgeError(corrupt): checkpoints exist and none of them verifies; names the files.
            ForgeError(not_found): the checkpoint that this job was to begin at is not there.
            ForgeError(conflict): the newest good one was taken under other settings, and the task spec does
                not permit to go on from it.
        """
        candidates, problems = self._candidates()
        for name in candidates:
            try:
                manifest, checkpoint, job = self._read(name)
            except ForgeError as error:
                if error.kind not in ("corrupt", "not_found"):
                    raise
                problems.append(self._reject(name.path, error.message))
                continue
            self._refuse_foreign(name, manifest, job)
            self._warn_of_other_code(name, manifest)
            self._newest = name
            self._companion.restore(job["companion"])
            return checkpoint
        self._refuse_without_begin(problems)
        if problems:
            raise ForgeError(
                "corrupt",
                f"No checkpoint below {self._place.prefix} can be read: {'; '.join(problems)}. Restore "
                "one of the files, or remove the folder to let the job start from its first step.",
                {"prefix": self._place.prefix, "rejected": problems},
            )
        return None

    def _publish_files(self, step: int, tensors: Mapping[str, Tensor]) -> list[dict[str, Any]]:
        """Write the files to scratch and publish them as blobs; the manifest's `files`."""
        folder = self._place.scratch / "save"
        shutil.rmtree(folder, ignore_errors=True)
        job = {"fingerprint": self._place.fingerprint, "companion": self._companion.snapshot()}
        paths = write_files(folder, {**self._place.identity.job(), "step": step}, tensors, job)
        blobs = [(path.name, self._place.blobs.publish(path)) for path in paths]
        shutil.rmtree(folder)
        return [{"path": name, "sha256": blob.sha256, "bytes": blob.bytes} for name, blob in blobs]

    def _candidates(self) -> tuple[list[ManifestName], list[str]]:
        """Manifests to try, newest first, and what is wrong with the pointer.

        A good pointer leads: a manifest of a later step than its own was never committed, or lies on a branch
        that the job rolled back from. A damaged or missing pointer costs nothing, because manifests verify
        themselves.
        """
        prefix, storage = self._place.prefix, self._place.storage
        listed = [parse_manifest_name(uri[len(prefix) :]) for uri in storage.list(prefix)]
        names = sorted(
            (name for name in listed if name), key=lambda name: (name.step, name.sha256), reverse=True
        )
        if not storage.exists(prefix + POINTER):
            return names, []
        try:
            newest, _ = decode_pointer(storage.read_bytes(prefix + POINTER))
        except ForgeError as error:
            return names, [self._reject(POINTER, error.message)]
        return [newest, *(name for name in names if name != newest and name.step <= newest.step)], []

    def _read(self, name: ManifestName) -> tuple[dict[str, Any], Checkpoint, dict[str, Any]]:
        """Manifest, checkpoint and job document of one candidate, every byte of them verified."""
        manifest = decode_manifest(name, self._place.storage.read_bytes(self._place.prefix + name.path))
        folder = self._place.scratch / "latest"
        shutil.rmtree(folder, ignore_errors=True)
        for file in manifest["files"]:
            uri = self._place.blobs.address(file["sha256"])
            self._place.blobs.fetch(uri, file["sha256"], file["bytes"], folder / file["path"])
        tensors, job = read_files(folder)
        shutil.rmtree(folder)
        return manifest, Checkpoint(manifest["step"], tensors, manifest["resume"]), job

    def _refuse_foreign(
        self, name: ManifestName, manifest: Mapping[str, Any], job: Mapping[str, Any]
    ) -> None:
        """Raise ForgeError(conflict), naming the keys that differ, when the settings were other ones."""
        if manifest["configHash"] == self._place.config_hash:
            return
        now, then = _flatten(self._place.fingerprint), _flatten(job["fingerprint"])
        differs = sorted(key for key in now.keys() | then.keys() if now.get(key) != then.get(key))
        changes = ", ".join(f"{key}: {then.get(key)!r} then, {now.get(key)!r} now" for key in differs[:5])
        begin = self._place.begin
        if begin is not None and begin.allows(name.sha256, differs):
            sys.stderr.write(
                f"agent_forge: goes on from step {name.step} ({name.sha256[:12]}), as the fork asks, with "
                f"other settings ({changes})\n"
            )
            return
        message = f"the checkpoint of step {name.step} was taken under other settings ({changes})"
        self._reject(name.path, message)
        raise ForgeError(
            "conflict",
            f"At {self._place.prefix} {message}. Go on with the settings of then, or fork the run from "
            "this checkpoint: forge runs fork RUN --checkpoint STEP --set KEY=VALUE.",
            {"differs": differs, "manifest": name.path},
        )

    def _refuse_without_begin(self, problems: list[str]) -> None:
        """Raise ForgeError(not_found) where a forked job would begin at its first step instead."""
        begin = self._place.begin
        if begin is None or problems:
            return
        name = ManifestName(begin.step, begin.sha256)
        raise ForgeError(
            "not_found",
            f"This job begins at the checkpoint of step {begin.step}, but {self._place.prefix}{name.path} is "
            "not there. See which ones are left: forge runs checkpoints RUN.",
            {"manifest": name.path},
        )

    def _warn_of_other_code(self, name: ManifestName, manifest: Mapping[str, Any]) -> None:
        if manifest["codeHash"] != self._place.code_hash:
            text = f"agent_forge: {name.path} was taken by other code ({manifest['codeHash'][:12]}, now "
            sys.stderr.write(
                f"{text}{self._place.code_hash[:12]}); bit-identical results are no longer promised\n"
            )

    def _refuse_when_overtaken(self) -> None:
        """Raise ForgeError(conflict) when a later attempt moved the pointer: this one was thought dead."""
        pointer = self._place.prefix + POINTER
        if not self._place.storage.exists(pointer):
            return
        try:
            _, order = decode_pointer(self._place.storage.read_bytes(pointer))
        except ForgeError:
            return  # damaged: it is replaced by this save
        own = self._place.identity.order
        if order > own:
            raise ForgeError(
                "conflict",
                f"A later worker ({_who(order)}) already writes checkpoints of this job; this is "
                f"{_who(own)} and stops here.",
            )

    def _reject(self, path: str, reason: str) -> str:
        self._emit("CheckpointRejected", {"file": self._place.prefix + path, "reason": reason})
        return f"{path}: {reason}"

    def _describe(
        self,
        step: int,
        name: ManifestName,
        files: list[dict[str, Any]],
        metrics: Mapping[str, float],
        best: bool,
    ) -> dict[str, Any]:
        return {
            "step": step,
            "manifest": self._place.prefix + name.path,
            "sha256": name.sha256,
            "bytes": sum(file["bytes"] for file in files),
            "metrics": dict(metrics),
            "best": best,
        }


def _who(order: tuple[int, int, int, int]) -> str:
    execution, round_number, start, attempt = order
    return f"execution {execution} round {round_number} start {start} attempt {attempt}"


def _flatten(document: Any, path: str = "") -> dict[str, Any]:
    """Leaves by dotted path, so that two nested documents can be compared key by key."""
    if isinstance(document, Mapping):
        flat: dict[str, Any] = {}
        for key, value in document.items():
            flat |= _flatten(value, f"{path}.{key}" if path else str(key))
        return flat
    return {path: canonical_json(document).decode()}
