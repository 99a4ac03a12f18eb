"""result.json: the answer of one job. It is written last, so whoever finds it finds everything it names."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent_forge.clock import utc_now
from agent_forge.code_hash import code_hash
from agent_forge.contracts import canonical_json, validate
from agent_forge.errors import ForgeError
from agent_forge.identity import JobIdentity
from agent_forge.storage.base import Storage, open_storage

RESULT = "result.json"
# The schema's limit; a longer message keeps its beginning, which says what was received and expected.
MESSAGE_CHARACTERS = 4000


class ResultManifest:
    """Builds and writes the result of one job.

    Args:
        identity: the job and attempt.
        output: output prefix of the stage, with a final slash.
        config: resolved phase settings.
        seconds: monotonic clock, for the duration.
        leads: whether this process writes; False where another one of the same job does.
    """

    def __init__(
        self,
        identity: JobIdentity,
        output: str,
        config: Mapping[str, Any],
        seconds: Callable[[], float],
        leads: bool = True,
    ) -> None:
        self._identity = identity
        self._config = config
        self._seconds = seconds
        self._leads = leads
        self._begin = seconds()
        self._metrics: list[Mapping[str, Any]] = []
        self._start_time = utc_now()
        self.uri = f"{output}{identity.subfolder}{RESULT}"

    def already_succeeded(self, reuse: bool = False) -> bool:
        """Whether the answer is there: an earlier attempt succeeded and only its exit code was lost.

        Args:
            reuse: the result of an earlier execution stands as well, if the same code made it for this job.
        """
        earlier = self._read()
        if earlier is None or self._identity.job_id == "manual" or not earlier["success"]:
            return False
        if earlier["jobId"] == self._identity.job_id:
            return bool(earlier["attempt"] < self._identity.attempt)
        place = self._identity.place()
        found = {key: earlier.get(key) for key in place}
        return reuse and earlier.get("codeHash") == code_hash(self._identity.phase) and found == place

    def write_success(
        self,
        models: Sequence[Mapping[str, Any]],
        metrics: Sequence[Mapping[str, Any]],
        artifacts: Sequence[Mapping[str, Any]],
        *,
        again: bool = False,
    ) -> None:
        """Write the result of a job that did its work; `again` asks for another round.

        Raises:
            ForgeError(bug): what the phase produced does not fit the schema.
            ForgeError(conflict): a later attempt has answered already.
        """
        asked = {"again": True} if again else {}
        self._write(success=True, models=models, metrics=metrics, artifacts=artifacts, error=None, **asked)

    def measured(self, metrics: Sequence[Mapping[str, Any]]) -> None:
        """Remember what had been measured when a job failed, so that the failure carries its numbers."""
        self._metrics = list(metrics)

    def write_failure(self, error: ForgeError) -> None:
        """Write why a job failed, with what it had measured by then; a failed job offers no models.

        Raises:
            ForgeError(conflict): a later attempt has answered already.
        """
        document = {**error.to_json(), "message": error.message[:MESSAGE_CHARACTERS]}
        self._write(success=False, models=[], metrics=self._metrics, artifacts=[], error=document)

    def _write(self, **answer: Any) -> None:
        if not self._leads:
            return
        self._refuse_when_overtaken()
        document = {
            "schemaVersion": 1,
            **self._identity.place(),
            "jobId": self._identity.job_id,
            "attempt": self._identity.attempt,
            "phaseAttempt": self._identity.phase_attempt,
            "execution": self._identity.execution,
            "config": dict(self._config),
            "startTime": self._start_time,
            "endTime": utc_now(),
            "durationSeconds": round(self._seconds() - self._begin, 3),
            "codeHash": code_hash(self._identity.phase),
            **answer,
        }
        data = canonical_json(document)
        validate(json.loads(data), "result-manifest", kind="bug", where="the result of this job")
        self._storage.write(self.uri, data)

    def _refuse_when_overtaken(self) -> None:
        """Raise ForgeError(conflict) when a later attempt has answered: this one was thought dead."""
        other = self._read()
        if other is None or not self._came_later(other):
            return
        raise ForgeError(
            "conflict",
            f"Attempt {other['attempt']} of job {other['jobId']} has written {self.uri}; attempt "
            f"{self._identity.attempt} of job {self._identity.job_id} leaves it as it is and stops here.",
        )

    def _came_later(self, other: Mapping[str, Any]) -> bool:
        """Whether a result is that of a later execution, start of the phase or attempt."""
        if "execution" in other:
            theirs = replace(
                self._identity,
                execution=other["execution"],
                phase_attempt=other.get("phaseAttempt", 1),
                attempt=other["attempt"],
            )
            return theirs.order > self._identity.order
        same = other["jobId"] == self._identity.job_id
        return bool(same and other["attempt"] > self._identity.attempt)

    def _read(self) -> dict[str, Any] | None:
        """The result that lies there, or None when there is none or it cannot be read."""
        if not self._storage.exists(self.uri):
            return None
        try:
            document: dict[str, Any] = json.loads(self._storage.read_bytes(self.uri))
            validate(document, "result-manifest", kind="corrupt", where=self.uri)
        except (ValueError, ForgeError):
            return None
        return document

    @property
    def _storage(self) -> Storage:
        return open_storage(self.uri)
