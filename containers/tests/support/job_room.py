"""A directory that is a whole job's world: blobs, staging, checkpoints, a task spec and a way to run it."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_forge.contracts import load_contract
from agent_forge.storage.blobs import Blob, BlobStore
from agent_forge.storage.local import LocalStorage, uri_of

RUN_ID = "01J00000000000000000000000"
MODEL_ID = "01J0000000000000000000000A"
JOB_ID = "job-1"
COUNTER = {"cognate": "tests.support.counter_phase"}
# A corpus whose lines end in all the ways text can.
DOCUMENTS = [
    {"id": "a.txt", "text": "One nation.\nTwo lines."},
    {"id": "b.txt", "text": "Späte Zeilen \u2028 bleiben."},
]


@dataclass(frozen=True)
class Finished:
    """What a process left: exit code, the events on its stdout, and its stderr."""

    code: int
    events: list[dict[str, Any]]
    stderr: str

    def types(self) -> list[str]:
        """Event types in order."""
        return [event["type"] for event in self.events]


class JobRoom:
    """Builds task specs below one folder and runs them.

    Args:
        root: an empty folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.storage = LocalStorage()
        self.blobs = BlobStore(self.storage, self.uri("blobs/sha256/"))

    def uri(self, path: str) -> str:
        """Address of a path of this room; keeps a final slash."""
        return uri_of(self.root / path) + ("/" if path.endswith("/") else "")

    def path(self, path: str) -> Path:
        """Local path of a path of this room."""
        return self.root / path

    def publish(self, data: bytes) -> Blob:
        """Store bytes as a blob."""
        source = self.root / "source"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(data)
        return self.blobs.publish(source)

    def corpus_input(self, documents: list[dict[str, str]] | None = None) -> dict[str, Any]:
        """A corpus blob and the input that names it."""
        lines = [json.dumps(document, ensure_ascii=False) + "\n" for document in documents or DOCUMENTS]
        blob = self.publish("".join(lines).encode())
        return {"name": "corpus", "kind": "corpus", "corpusId": "toy", **blob.to_json()}

    def model_input(
        self, name: str, folder: Path, role: str = "variant", model_id: str = MODEL_ID
    ) -> dict[str, Any]:
        """Blobs of a model folder and the input that names them."""
        paths = sorted(folder.iterdir())
        files = [{"path": path.name, **self.blobs.publish(path).to_json()} for path in paths]
        return {"name": name, "kind": "model", "role": role, "modelId": model_id, "files": files}

    def stage_input(self, stage: str, round: int | None = None, *, absent: bool = False) -> dict[str, Any]:
        """An input that names a stage of this room; `absent` where it is a round before the first."""
        uri = None if absent else self.uri(f"staging/{_place(stage, round)}/")
        return {"name": stage, "kind": "stage", "uri": uri}

    def task(self, stage: str = "base", **changes: Any) -> str:
        """Write a valid task spec, with members changed by name, and return its address.

        `config` is merged into the phase's defaults; `size`, `kind` and `round` change the stage.
        """
        kind, size = changes.pop("kind", "single"), changes.pop("size", 1)
        turn = changes.pop("round", None)
        place = _place(stage, turn)
        document = {
            "schemaVersion": 1,
            "tenant": "default",
            "runId": RUN_ID,
            "execution": f"{RUN_ID}-1",
            "phase": "cognate",
            "stage": {"name": stage, "kind": kind, "size": size, "round": turn},
            "config": {**default_config(changes.get("phase", "cognate")), **changes.pop("config", {})},
            "inputs": [],
            "output": self.uri(f"staging/{place}/"),
            "checkpoints": self.uri(f"checkpoints/{stage}/"),
            "blobs": self.uri("blobs/sha256/"),
            "seed": 1,
            "threads": 1,
            "limits": {"timeoutSeconds": 600, "checkpointSeconds": 3600},
            **changes,
        }
        self.storage.write(self.uri(f"tasks/{place}.json"), json.dumps(document).encode())
        return self.uri(f"tasks/{place}.json")

    def environment(self, **changes: str) -> dict[str, str]:
        """A job's variables, as the queue sets them."""
        own = {"AWS_BATCH_JOB_ID": JOB_ID, "AWS_BATCH_JOB_ATTEMPT": "1"}
        return {**os.environ, **own, "FORGE_SCRATCH": str(self.root / "scratch"), **changes}

    def result(
        self, stage: str = "base", index: int | None = None, round: int | None = None
    ) -> dict[str, Any]:
        """The result manifest of a stage."""
        folder = f"staging/{_place(stage, round)}/" + ("" if index is None else f"{index}/")
        document: dict[str, Any] = json.loads(self.path(folder + "result.json").read_bytes())
        return document

    def run(self, task: str, phases: Mapping[str, str] = COUNTER, **environment: str) -> Finished:
        """Run a job in a forked child, as the fork server does."""
        return in_child(lambda: run_here(task, self.environment(**environment), phases), self.root / "child")


def _place(stage: str, turn: int | None) -> str:
    return stage if turn is None else f"{stage}/r{turn}"


def run_here(task: str, environment: Mapping[str, str], phases: Mapping[str, str]) -> int:
    """What a forked child does: take over the job's variables and run it."""
    from agent_forge.entrypoint import run_job

    os.environ.update(environment)
    return run_job(task, environment, phases)


def default_config(slug: str = "cognate") -> dict[str, Any]:
    """Every setting of a phase at its default, read from its schema."""
    schema = load_contract(f"schemas/phases/{slug}.schema.json")
    properties = schema["$defs"][slug]["properties"]
    return {name: setting["default"] for name, setting in properties.items()}


def in_child(action: Callable[[], int | None], folder: Path) -> Finished:
    """Fork, run an action with stdout and stderr in files, and wait.

    Args:
        action: its return value is the exit code; an uncaught exception is 1.
        folder: where the two files lie.
    """
    folder.mkdir(parents=True, exist_ok=True)
    child = start_child(action, folder)
    _, status = os.waitpid(child, 0)
    return finished(os.waitstatus_to_exitcode(status), folder)


def start_child(action: Callable[[], int | None], folder: Path) -> int:
    """Fork and run an action as `in_child` does; the child's process id."""
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code: int | None = 1
    try:
        with (folder / "stdout").open("w") as out, (folder / "stderr").open("w") as err:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)
            sys.stderr = sys.__stderr__ = os.fdopen(2, "w", closefd=False)
            code = action()
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        os._exit(code or 0)


def finished(code: int, folder: Path) -> Finished:
    """Read what a child wrote; every line of its stdout must be an event."""
    lines = (folder / "stdout").read_text(encoding="utf-8").splitlines()
    return Finished(code, [json.loads(line) for line in lines], (folder / "stderr").read_text())
