"""All environment variables that the package reads, in one file: AWS Batch's, torchrun's, CUDA's, FORGE_*."""

import os
import re
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
        rank: RANK, this process's number among those that share the job, from 0.
        ranks: WORLD_SIZE, how many they are; 1 outside torchrun and `run --ranks`.
    """

    job_id: str
    attempt: int
    array_index: int | None
    scratch: Path | None
    lease_seconds: int | None = None
    rank: int = 0
    ranks: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0


def read_job_environment(environment: Mapping[str, str]) -> JobEnvironment:
    """Read the variables of one job.

    Raises:
        ForgeError(validation): a number is not one, named with the value received.
    """
    attempt = _number(environment, "AWS_BATCH_JOB_ATTEMPT", minimum=1)
    scratch = environment.get("FORGE_SCRATCH")
    rank, ranks = _member(environment)
    return JobEnvironment(
        job_id=environment.get("AWS_BATCH_JOB_ID", ""),
        attempt=1 if attempt is None else attempt,
        array_index=_number(environment, "AWS_BATCH_JOB_ARRAY_INDEX", minimum=0),
        scratch=Path(scratch) if scratch else None,
        lease_seconds=_number(environment, "FORGE_LEASE_SECONDS", minimum=1),
        rank=rank,
        ranks=ranks,
    )


def evidence_key(environment: Mapping[str, str]) -> bytes | None:
    """FORGE_EVIDENCE_KEY, hexadecimal: signs evidence packs; None where it is not set.

    Raises:
        ForgeError(validation): it is no key. The key itself is not in the message.
    """
    written = environment.get("FORGE_EVIDENCE_KEY", "")
    if not written:
        return None
    if not re.fullmatch(r"([0-9a-fA-F]{2}){32,}", written):
        raise ForgeError(
            "validation", "FORGE_EVIDENCE_KEY is no key; expected at least 64 hexadecimal digits."
        )
    return bytes.fromhex(written)


def visible_devices(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The CUDA devices that this process may use, as CUDA_VISIBLE_DEVICES names them; torch is not loaded."""
    named = environment.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return tuple(name.strip() for name in named.split(",") if name.strip())
    found = (re.fullmatch(r"nvidia(\d+)", path.name) for path in Path("/dev").glob("nvidia*"))
    return tuple(str(number) for number in sorted(int(match[1]) for match in found if match))


def take_own_device(environment: Mapping[str, str]) -> None:
    """Leave this process the one CUDA device of its rank, before torch looks for devices.

    Raises:
        ForgeError(validation): there are CUDA devices, but fewer than processes.
    """
    rank, ranks = _member(environment)
    devices = visible_devices(environment)
    if ranks == 1 or not devices:
        return
    if len(devices) < ranks:
        raise ForgeError(
            "validation",
            f"{ranks} processes share {len(devices)} CUDA devices ({', '.join(devices)}); expected one each."
            " Start as many as there are, or hide all devices with CUDA_VISIBLE_DEVICES='' to use the CPU.",
        )
    os.environ["CUDA_VISIBLE_DEVICES"] = devices[rank]


def contracts_override() -> str | None:
    """FORGE_CONTRACTS: a contracts folder other than the one beside the package."""
    return os.environ.get("FORGE_CONTRACTS")


def _member(environment: Mapping[str, str]) -> tuple[int, int]:
    """Rank and number of the processes of this job, on one machine."""
    ranks = _number(environment, "WORLD_SIZE", minimum=1) or 1
    rank = _number(environment, "RANK", minimum=0) or 0
    here = _number(environment, "LOCAL_WORLD_SIZE", minimum=1) or ranks
    if rank >= ranks or here != ranks:
        raise ForgeError(
            "validation",
            f"RANK is {rank}, WORLD_SIZE {ranks} and LOCAL_WORLD_SIZE {here}; expected a rank below"
            " WORLD_SIZE and all processes on one machine (`run --ranks N`, or torchrun --standalone).",
        )
    return rank, ranks


def _number(environment: Mapping[str, str], name: str, *, minimum: int) -> int | None:
    text = environment.get(name, "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) >= minimum:
        return int(text)
    raise ForgeError("validation", f"{name} is {text!r}; expected a whole number of at least {minimum}.")
