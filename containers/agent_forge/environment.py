"""Every environment variable that the package reads, in one file: AWS Batch's names and FORGE_*."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent_forge.errors import ForgeError


@dataclass(frozen=True)
class JobEnvironment:
    """What the job queue tells a job about itself.

    Args:
        job_id: AWS_BATCH_JOB_ID; empty outside a queue.
        attempt: AWS_BATCH_JOB_ATTEMPT, from 1.
        array_index: AWS_BATCH_JOB_ARRAY_INDEX; None outside an array job.
        lease_seconds: FORGE_LEASE_SECONDS, instead of the task spec's; None for that one.
        scratch: FORGE_SCRATCH, the folder for temporary files; None for the system's.
    """

    job_id: str
    attempt: int
    array_index: int | None
    scratch: Path | None
    lease_seconds: int | None = None


def read_job_environment(environment: Mapping[str, str]) -> JobEnvironment:
    """Read the variables of one job.

    Raises:
        ForgeError(validation): a number is not one, named with the value received.
    """
    attempt = _number(environment, "AWS_BATCH_JOB_ATTEMPT", minimum=1)
    scratch = environment.get("FORGE_SCRATCH")
    return JobEnvironment(
        job_id=environment.get("AWS_BATCH_JOB_ID", ""),
        attempt=1 if attempt is None else attempt,
        array_index=_number(environment, "AWS_BATCH_JOB_ARRAY_INDEX", minimum=0),
        scratch=Path(scratch) if scratch else None,
        lease_seconds=_number(environment, "FORGE_LEASE_SECONDS", minimum=1),
    )


def contracts_override() -> str | None:
    """FORGE_CONTRACTS: a contracts folder other than the one beside the package."""
    return os.environ.get("FORGE_CONTRACTS")


def _number(environment: Mapping[str, str], name: str, *, minimum: int) -> int | None:
    text = environment.get(name, "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) >= minimum:
        return int(text)
    raise ForgeError("validation", f"{name} is {text!r}; expected a whole number of at least {minimum}.")
