"""The tracker every job has: records for the manifest, events on stdout, the curve in a file."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_forge.clock import utc_now
from agent_forge.errors import ForgeError
from agent_forge.identity import JobIdentity
from agent_forge.tracking.events import Emit, finite_number, json_line
from agent_forge.tracking.progress import ProgressMeter


class JsonlTracker:
    """Tracker of one job; see agent_forge.phase.Tracker.

    Args:
        identity: the job, for the records' keys.
        emit: writes an event.
        curve: path of metrics.jsonl, published as an artifact when the job ends.
        progress: rate limit and ETA of progress events.
    """

    def __init__(
        self, identity: JobIdentity, emit: Emit, curve: Path, progress: ProgressMeter | None = None
    ) -> None:
        self._identity = identity
        self._emit = emit
        self._progress = progress or ProgressMeter()
        self._records: dict[str, dict[str, Any]] = {}
        self._measured: set[str] = set()
        self.curve = curve

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
        """Write a metric record; its id. What is measured again after a resume replaces what was restored.

        Raises:
            ForgeError(numeric): the value is not finite.
            ForgeError(bug): that name and step were recorded already.
        """
        job = self._identity
        key = name if step is None else f"{name}@{step}"
        if key in self._measured:
            known = self._records[key]
            raise ForgeError(
                "bug",
                f"Metric {key!r} was recorded twice ({known['value']} by {known['source']}, "
                f"then {value} by {source}); give the second another name or step.",
            )
        self._measured.add(key)
        identifier = f"{job.path}{job.job_id}/{job.attempt}/{key}"
        self._records[key] = {
            "schemaVersion": 1,
            "id": identifier,
            "name": name,
            "value": finite_number(name, value),
            "unit": unit,
            **job.place(),
            "jobId": job.job_id,
            "attempt": job.attempt,
            "step": step,
            "model": model,
            "split": split,
            "source": source,
            "at": utc_now(),
        }
        return identifier

    def training(self, step: int, values: Mapping[str, float]) -> None:
        """Emit a `training_metrics` event and append it to metrics.jsonl.

        Raises:
            ForgeError(numeric): a value is not finite.
        """
        line = {"step": step, **{name: finite_number(name, value) for name, value in values.items()}}
        with self.curve.open("a", encoding="utf-8") as stream:
            stream.write(json_line({"at": utc_now(), **line}))
        self._emit("training_metrics", {**self._turn(), **line})

    def generation(self, update: Mapping[str, Any]) -> None:
        """Emit a `generation_update` event.

        Raises:
            ForgeError(numeric): a number in it is NaN or infinite.
        """
        self._emit("generation_update", {**self._turn(), **update})

    def compression(self, update: Mapping[str, Any]) -> None:
        """Emit a `compression_progress` event.

        Raises:
            ForgeError(numeric): a number in it is NaN or infinite.
        """
        self._emit("compression_progress", {**self._turn(), **update})

    def progress(self, step: int, steps: int, message: str) -> None:
        """Emit a `phase_progress` event, at most one per second and always for the last step."""
        data = self._progress.measure(step, steps, message)
        if data is not None:
            self._emit("phase_progress", {**self._turn(), **data})

    def warning(self, kind: str, message: str, facts: Mapping[str, Any]) -> None:
        """Emit an `error_notification` that says `survived`, and write its message on stderr."""
        sys.stderr.write(f"agent_forge: survived {kind}: {message}\n")
        said = {"kind": kind, "message": message, "survived": True}
        self._emit("error_notification", {**self._turn(), **facts, **said})

    def records(self) -> list[dict[str, Any]]:
        """All metric records so far, in the order they were first written."""
        return list(self._records.values())

    def curve_text(self) -> str:
        """The content of metrics.jsonl so far."""
        return self.curve.read_text(encoding="utf-8") if self.curve.exists() else ""

    def restore(self, records: Sequence[Mapping[str, Any]], curve: str) -> None:
        """Go on from what an earlier attempt had measured up to its checkpoint."""
        self._records = {_key(record): dict(record) for record in records}
        self._measured.clear()
        self.curve.write_text(curve, encoding="utf-8")

    def _turn(self) -> dict[str, Any]:
        # Stage, index, job and attempt are added by whoever takes the line in: a job claims no place.
        return {} if self._identity.round is None else {"round": self._identity.round}


def _key(record: Mapping[str, Any]) -> str:
    return record["name"] if record["step"] is None else f"{record['name']}@{record['step']}"
