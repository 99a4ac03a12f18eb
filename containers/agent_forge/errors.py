"""ForgeError, its kinds, and what any exception means to the control plane.

The kinds and exit codes mirror `contracts/errors.json` (a test compares them), so that a state machine can
decide from an exit code alone whether a job is retried, resumed elsewhere or failed.
"""

import errno
import traceback
from typing import Any

EXIT_CODES = {
    "validation": 64,
    "contract": 65,
    "not_found": 66,
    "dependency": 69,
    "bug": 70,
    "out_of_memory": 71,
    "disk_full": 72,
    "conflict": 73,
    "corrupt": 74,
    "preempted": 75,
    "numeric": 76,
    "budget": 77,
}

# EFBIG is what a limit on file sizes answers.
_DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# What a disk, a mount or the system's limits do to a job that is not at fault.
_HOST_ERRNOS = frozenset({errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ESTALE})
# torch and safetensors report these as plain RuntimeError/SafetensorError; the text is the only thing that
# tells.
_OUT_OF_MEMORY_TEXTS = ("out of memory", "can't allocate memory", "cannot allocate memory")
_DISK_FULL_TEXTS = ("no space left on device", "os error 28", "os error 27", "os error 122")


class ForgeError(Exception):
    """An error whose kind decides what happens next.

    Args:
        kind: one of EXIT_CODES.
        message: what was received, what was expected, where, and what to do next.
        detail: JSON document with the facts behind the message, or None.
    """

    def __init__(self, kind: str, message: str, detail: dict[str, Any] | None = None) -> None:
        if kind not in EXIT_CODES:
            raise ValueError(f"Unknown error kind {kind!r}; expected one of {', '.join(EXIT_CODES)}.")
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.detail = detail

    @property
    def exit_code(self) -> int:
        """Exit code of a process that ends with this error."""
        return EXIT_CODES[self.kind]

    def to_json(self) -> dict[str, Any]:
        """The `error` member of a result manifest."""
        return {"kind": self.kind, "message": self.message, "detail": self.detail}


def classify(error: BaseException) -> ForgeError:
    """Give any exception the kind that the control plane acts on; what nobody foresaw is a `bug`.

    Args:
        error: an exception caught at the edge of a job.
    """
    if isinstance(error, ForgeError):
        return error
    text = f"{type(error).__name__}: {error}"
    lowered = text.lower()
    disk_errno = isinstance(error, OSError) and error.errno in _DISK_FULL_ERRNOS
    if disk_errno or any(part in lowered for part in _DISK_FULL_TEXTS):
        return ForgeError(
            "disk_full", f"{text}. Free disk space or give the job a larger volume, then retry."
        )
    if isinstance(error, OSError) and error.errno in _HOST_ERRNOS:
        return ForgeError(
            "dependency",
            f"{text}. The machine's file system or its limits failed, not the job: look at its log and"
            " mounts, then resume from the last checkpoint.",
        )
    if isinstance(error, MemoryError) or any(part in lowered for part in _OUT_OF_MEMORY_TEXTS):
        return ForgeError(
            "out_of_memory", f"{text}. Give the job more memory or a smaller batch, then resume."
        )
    if isinstance(error, FloatingPointError):
        return ForgeError("numeric", f"{text}. Lower the learning rate or look at the data, then resume.")
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("agent_forge"):
        return ForgeError("dependency", f"{text}. Install the packages of containers/requirements.txt.")
    return ForgeError(
        "bug",
        f"{text}. Nobody foresaw this error; the traceback is in the detail and on stderr.",
        {"type": type(error).__name__, "traceback": "".join(traceback.format_exception(error))[-8000:]},
    )
