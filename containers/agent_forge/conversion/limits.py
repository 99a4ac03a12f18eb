"""Takes away what reading a stranger's file does not need: network, programs, memory, time, writes.

`torch.load(weights_only=True)` is what keeps code from running; this is for the day on which it fails.
"""

import os
import resource
import sys
from pathlib import Path

from agent_forge.process_limits import REFUSED_CALLS, lower_limit, own_network, refuse_calls

CPU_SECONDS = 600
# What torch itself maps; the rest is the tensors, once as read and once as written.
BASE_BYTES = 6 << 30
# Events of the interpreter that no reading of tensors raises.
REFUSED_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn")


def lock_down(folder: Path, file_bytes: int) -> dict[str, str]:
    """Limit this process for the rest of its life.

    Args:
        folder: the only one in which it may still create files.
        file_bytes: size of what it is going to read.

    Returns:
        What keeps it from the network and from starting programs, in words.
    """
    for limit, value in (
        (resource.RLIMIT_AS, BASE_BYTES + 4 * file_bytes),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 2 * file_bytes + (64 << 20)),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        lower_limit(limit, value)
    apart, filtered = own_network(), refuse_calls(REFUSED_CALLS)
    sys.addaudithook(_refusing(folder.resolve()))
    return {
        "network": "own empty network" if apart else "refused by the system call filter"
        if filtered else "refused by the interpreter only",
        "programs": "refused by the system call filter" if filtered else "refused by the interpreter only",
        "writes": "refused by the interpreter outside the output folder",
    }  # fmt: skip


def _refusing(folder: Path):  # type: ignore[no-untyped-def]
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(REFUSED_EVENTS):
            raise PermissionError(f"{event} is not allowed while a stranger's file is read")
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            path = arguments[0]
            if not (isinstance(path, str) and Path(os.path.realpath(path)).is_relative_to(folder)):
                raise PermissionError("writing is not allowed while a stranger's file is read")

    return hook
