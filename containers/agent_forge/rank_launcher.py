"""Start one process per rank and be all of them to whoever waits: one exit code, signals passed on.

What torchrun does for one machine, with two differences that a job queue needs: the exit code is the job's
own (75 means "try again"), and a stop is passed on once and then waited for, not cut off.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from agent_forge.environment import visible_devices
from agent_forge.errors import ForgeError

# The others hear of a failure where they next meet; this is for one that never gets there.
GRACE_SECONDS = 30.0
POLL_SECONDS = 0.05
STOPS = (signal.SIGTERM, signal.SIGINT)


def count_ranks(wanted: str, environment: Mapping[str, str]) -> int:
    """How many processes to start: 1 is this one.

    Args:
        wanted: a number, or `gpu` for one per CUDA device that may be used.

    Raises:
        ForgeError(validation): it is something else, or torchrun has started several already.
    """
    if wanted != "gpu" and not (wanted.isascii() and wanted.isdigit() and int(wanted) >= 1):
        raise ForgeError("validation", f"--ranks is {wanted!r}; expected a number of at least 1, or gpu.")
    ranks = max(1, len(visible_devices(environment))) if wanted == "gpu" else int(wanted)
    if "RANK" not in environment:
        return ranks
    if wanted not in ("1", "gpu"):
        raise ForgeError("validation", f"--ranks is {wanted} under torchrun; leave it out: torchrun counts.")
    return 1


def run_ranks(ranks: int, task_uri: str, environment: Mapping[str, str]) -> int:
    """Run one job in several processes.

    Returns:
        0, or the exit code of the process that failed first; 128 + n where signal n ended it.
    """
    command = [sys.executable, "-m", "agent_forge", "run", "--task", task_uri]
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port())}
    shared = {**environment, **meeting, "WORLD_SIZE": str(ranks), "LOCAL_WORLD_SIZE": str(ranks)}
    processes: list[subprocess.Popen[bytes]] = []
    with _passing_on(processes):
        for rank in range(ranks):
            own = {"RANK": str(rank), "LOCAL_RANK": str(rank)}
            processes.append(subprocess.Popen(command, env={**shared, **own}))
        return _wait(processes)


def _wait(processes: Sequence["subprocess.Popen[bytes]"]) -> int:
    """Wait for all; once one has failed, no longer than the grace."""
    code, deadline = 0, float("inf")
    while any(process.poll() is None for process in processes):
        failed = [process.returncode for process in processes if process.returncode]
        if failed and code == 0:
            code, deadline = failed[0], time.monotonic() + GRACE_SECONDS
        if time.monotonic() > deadline:
            for process in processes:
                process.kill()
        time.sleep(POLL_SECONDS)
    code = code or next((process.returncode for process in processes if process.returncode), 0)
    return code if code >= 0 else 128 - code


@contextmanager
def _passing_on(processes: Sequence["subprocess.Popen[bytes]"]) -> Iterator[None]:
    """Pass each stop on to those that live."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        for process in list(processes):
            process.send_signal(number)

    before = [signal.signal(number, pass_on) for number in STOPS]
    try:
        yield
    finally:
        for number, handler in zip(STOPS, before, strict=True):
            signal.signal(number, handler)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
