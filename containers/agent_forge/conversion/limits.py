"""Takes away what reading a stranger's file does not need: network, programs, memory, time, writes.

`torch.load(weights_only=True)` is what keeps code from running; this is for the day on which it fails.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
SECCOMP_ALLOW, SECCOMP_EPERM = 0x7FFF0000, 0x00050001
# Numbers of socket, connect, execve, execveat, fork, vfork, ptrace; from the kernel's tables.
REFUSED_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 57, 58, 101)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117)),
}
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
        hard = resource.getrlimit(limit)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bound, bound))
    libc = ctypes.CDLL(None, use_errno=True)
    apart = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
    filtered = _refuse_calls(libc)
    sys.addaudithook(_refusing(folder.resolve()))
    return {
        "network": "own empty network" if apart else "refused by the system call filter"
        if filtered else "refused by the interpreter only",
        "programs": "refused by the system call filter" if filtered else "refused by the interpreter only",
        "writes": "refused by the interpreter outside the output folder",
    }  # fmt: skip


def _refuse_calls(libc: ctypes.CDLL) -> bool:
    """Install a seccomp filter that answers EPERM to calls of REFUSED_CALLS; False where there is none."""
    found = REFUSED_CALLS.get(platform.machine())
    if found is None:
        return False
    architecture, calls = found
    # Of another architecture than this one, every call is refused.
    program = [(0x20, 0, 0, 4), (0x15, 0, len(calls) + 2, architecture), (0x20, 0, 0, 0)]
    program += [(0x15, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    program += [(0x06, 0, 0, SECCOMP_ALLOW), (0x06, 0, 0, SECCOMP_EPERM)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    zero = ctypes.c_ulong(0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) != 0:
        return False
    mode = ctypes.c_ulong(SECCOMP_MODE_FILTER)
    return bool(libc.prctl(PR_SET_SECCOMP, mode, ctypes.byref(header), zero, zero) == 0)


def _refusing(folder: Path):  # type: ignore[no-untyped-def]
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(REFUSED_EVENTS):
            raise PermissionError(f"{event} is not allowed while a stranger's file is read")
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            path = arguments[0]
            if not (isinstance(path, str) and Path(os.path.realpath(path)).is_relative_to(folder)):
                raise PermissionError("writing is not allowed while a stranger's file is read")

    return hook
