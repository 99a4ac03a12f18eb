"""Reads checkpoints of a real job again and again, as its next attempt would: a line asks, a line answers.

Started with the address of a task spec, the job's index or "none", and an empty folder. There it lays out one
world per checkpoint: everything as it was when that checkpoint was the newest. Its first line names them;
then every line `{"world": n}` is answered with what `CheckpointStore.latest` gave there.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent_forge.checkpoint.manifest import POINTER, ManifestName, encode_pointer, parse_manifest_name
from agent_forge.checkpoint.schedule import SaveSchedule
from agent_forge.checkpoint.store import CheckpointPlace, CheckpointStore
from agent_forge.code_hash import code_hash
from agent_forge.contracts import canonical_json
from agent_forge.errors import ForgeError
from agent_forge.identity import JobIdentity
from agent_forge.phase import Checkpoint
from agent_forge.stop import StopRequest
from agent_forge.storage.blobs import BlobStore
from agent_forge.storage.local import LocalStorage, path_of, uri_of
from agent_forge.task_spec import fingerprint_hash, load_task_spec

STORAGE = LocalStorage()
NEXT_ATTEMPT = 99  # later than any that wrote


class Companion:
    """Keeps what a checkpoint brings back beside the tensors."""

    def __init__(self) -> None:
        self.restored: Mapping[str, Any] = {}

    def snapshot(self) -> dict[str, Any]:
        """Nothing is saved here."""
        return {}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Keep it."""
        self.restored = snapshot


def place_of(task: str, index: int | None, scratch: Path) -> CheckpointPlace:
    """Where the job's checkpoints lie, exactly as the job itself works it out."""
    spec = load_task_spec(task)
    identity = JobIdentity(
        spec.run_id, spec.execution, spec.phase, spec.stage_name, index, "reader", NEXT_ATTEMPT
    )
    fingerprint = spec.fingerprint(index)
    return CheckpointPlace(
        storage=STORAGE,
        blobs=BlobStore(STORAGE, spec.blobs),
        prefix=spec.checkpoints + identity.subfolder,
        scratch=scratch,
        identity=identity,
        fingerprint=fingerprint,
        config_hash=fingerprint_hash(fingerprint),
        code_hash=code_hash(spec.phase),
    )


def read(place: CheckpointPlace) -> dict[str, Any]:
    """What the next attempt would go on from, as a hash of every byte of it, and what was rejected before."""
    rejected: list[str] = []
    companion = Companion()

    def emit(kind: str, data: Mapping[str, Any]) -> None:
        if kind == "CheckpointRejected":
            rejected.append(data["file"][len(place.prefix) :])

    store = CheckpointStore(place, SaveSchedule(3600.0), StopRequest(), emit, companion)
    try:
        checkpoint = store.latest()
    except ForgeError as error:
        return {"digest": None, "rejected": rejected, "error": f"{error.kind}: {error.message}"}
    except Exception as error:
        return {"digest": None, "rejected": rejected, "error": f"uncaught: {error!r}"}
    digest = None if checkpoint is None else digest_of(checkpoint, companion.restored)
    return {"digest": digest, "rejected": rejected, "error": None}


def digest_of(checkpoint: Checkpoint, restored: Mapping[str, Any]) -> str:
    """SHA-256 over step, tensors by name, and both JSON documents."""
    digest = hashlib.sha256(
        canonical_json({"step": checkpoint.step, "resume": checkpoint.resume, "companion": dict(restored)})
    )
    for name, tensor in sorted(checkpoint.tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def lay_out(place: CheckpointPlace, names: list[ManifestName], folder: Path) -> CheckpointPlace:
    """A world with these checkpoints, the last of which the pointer names."""
    world = replace(
        place, prefix=uri_of(folder / "job") + "/", blobs=BlobStore(STORAGE, uri_of(folder / "blobs") + "/")
    )
    for name in names:
        data = STORAGE.read_bytes(place.prefix + name.path)
        STORAGE.write(world.prefix + name.path, data)
        for file in json.loads(data)["files"]:
            target = path_of(world.blobs.address(file["sha256"]))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path_of(place.blobs.address(file["sha256"])), target)
    STORAGE.write(world.prefix + POINTER, encode_pointer(names[-1], place.identity.order))
    return world


def files_of(world: CheckpointPlace, name: ManifestName) -> dict[str, str]:
    """Paths of everything one checkpoint consists of."""
    manifest = path_of(world.prefix + name.path)
    blobs = {
        file["path"]: str(path_of(world.blobs.address(file["sha256"])))
        for file in json.loads(manifest.read_bytes())["files"]
    }
    return {"manifest": str(manifest), **blobs}


def answer(document: Any) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{json.dumps(document)}\n")
    sys.stdout.flush()


def main(task: str, index: str, folder: Path) -> None:
    """Lay out the worlds, then answer until the end of input."""
    place = place_of(task, None if index == "none" else int(index), folder / "scratch")
    listed = [parse_manifest_name(uri[len(place.prefix) :]) for uri in STORAGE.list(place.prefix)]
    names = sorted((name for name in listed if name), key=lambda name: name.step)
    worlds = [lay_out(place, names[: n + 1], folder / f"world-{n}") for n in range(len(names))]
    described = [
        {
            "pointer": str(path_of(world.prefix + POINTER)),
            "checkpoints": [
                {"name": name.path, "files": files_of(world, name)} for name in names[: number + 1]
            ],
            "digest": read(world)["digest"],
        }
        for number, world in enumerate(worlds)
    ]
    answer(described)
    for line in sys.stdin:
        answer(read(worlds[json.loads(line)["world"]]))


main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
