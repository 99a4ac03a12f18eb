"""Forked children of this process that share a job as ranks, over gloo."""

import os
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from agent_forge.ranks import joined
from tests.support.job_room import Finished, finished, start_child

# Longer than any of these tests takes: a rank that waits for ever dies of the alarm.
TOO_LONG_SECONDS = 60


def rank_variables(ranks: int) -> list[dict[str, str]]:
    """What torchrun sets for each rank."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": str(ranks)}
    shared |= {"CUDA_VISIBLE_DEVICES": ""}  # a fork cannot use a GPU that its parent has touched
    return [{**shared, "RANK": str(rank)} for rank in range(ranks)]


def run_each(action: Callable[[Mapping[str, str]], int | None], ranks: int, folder: Path) -> list[Finished]:
    """Run `action` in a child for each rank, given its variables; what each child left."""

    def be(variables: Mapping[str, str]) -> Callable[[], int | None]:
        def limited() -> int | None:
            signal.alarm(TOO_LONG_SECONDS)
            os.environ.update(variables)
            return action(variables)

        return limited

    folders = [folder / str(rank) for rank in range(ranks)]
    started = [start_child(be(own), at) for own, at in zip(rank_variables(ranks), folders, strict=True)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in started]
    return [finished(code, at) for code, at in zip(codes, folders, strict=True)]


def run_joined(action: Callable[[int], None], ranks: int, folder: Path) -> None:
    """Run `action`, given its rank, in children that form one process group; all must end well."""

    def join(variables: Mapping[str, str]) -> None:
        rank = int(variables["RANK"])
        with joined((rank, ranks)):
            action(rank)

    for each in run_each(join, ranks, folder):
        assert each.code == 0, each.stderr
