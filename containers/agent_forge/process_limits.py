"""What a process may take away from itself, for the rest of its life: memory, time, network, programs."""

import ctypes
import platform
import resource
import struct
from collections.abc import Mapping, Sequence

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
SECCOMP_ALLOW, SECCOMP_EPERM = 0x7FFF0000, 0x00050001
# Numbers of socket, connect, execve, execveat, fork, vfork, ptrace; from the kernel's tables.
REFUSED_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 57, 58, 101)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117)),
}


def lower_limit(limit: int, value: int) -> None:
    """Set a resource limit, soft and hard, or leave the hard one where it is lower already."""
    hard = resource.getrlimit(limit)[1]
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (bound, bound))


def own_network() -> bool:
    """Move into a network namespace of its own, with nothing in it; False where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def refuse_calls(refused: Mapping[str, tuple[int, Sequence[int]]]) -> bool:
    """Install a seccomp filter that answers EPERM to some system calls; False where there is none.

    Args:
        refused: by machine, its architecture's number and those of the calls; see REFUSED_CALLS.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    found = refused.get(platform.machine())
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
