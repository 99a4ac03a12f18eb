"""A phase that measures one thing and then fails in the way that the variable FAILURE names."""

import errno
import os
import resource
import sys

import torch
from safetensors import SafetensorError

from agent_forge.errors import ForgeError
from agent_forge.phase import PhaseContext
from tests.support.toy_model import toy_tensors, write_toy_model

# The text is the library's own, as it reports a full disk.
SAFETENSORS_ENOSPC = "Error while serializing: I/O error: No space left on device (os error 28)"


def run(context: PhaseContext) -> None:
    """Fail."""
    context.tracker.record("measured/before", 1.0, "1", source=__name__)
    failures[os.environ["FAILURE"]](context)


def _raise(error: BaseException) -> None:
    raise error


def _publish_nan(context: PhaseContext) -> None:
    tensors = toy_tensors()
    tensors["norm.weight"][1] = float("nan")
    context.publish_model("base", "base", write_toy_model(context.work / "model", tensors), [])


def _write_much(context: PhaseContext) -> None:
    """Checkpoint, and once more when files may no longer grow: the real refusal of a real write."""
    context.checkpoints.save(1, {"weights": torch.ones(8)}, {}, {})
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    try:
        context.checkpoints.save(2, {"weights": torch.ones(1 << 20)}, {}, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


failures = {
    "KeyError": lambda context: context.config["no such key"],
    "SystemExit": lambda context: sys.exit(0),
    "MemoryError": lambda context: _raise(MemoryError("toy")),
    "torch allocation": lambda context: torch.empty(1 << 60, dtype=torch.uint8),
    "ENOSPC": lambda context: _raise(OSError(errno.ENOSPC, "No space left on device")),
    "EFBIG": lambda context: _write_much(context),
    "EIO": lambda context: _raise(OSError(errno.EIO, "Input/output error")),
    "read-only": lambda context: _raise(OSError(errno.EROFS, "Read-only file system", "/somewhere")),
    "EMFILE": lambda context: _raise(OSError(errno.EMFILE, "Too many open files")),
    "safetensors ENOSPC": lambda context: _raise(SafetensorError(SAFETENSORS_ENOSPC)),
    "NaN loss": lambda context: context.tracker.training(1, {"loss": float("nan")}),
    "NaN weight": _publish_nan,
    "missing package": lambda context: __import__("a_package_that_is_not_installed"),
    "ForgeError": lambda context: _raise(ForgeError("budget", "The budget is used up.")),
    "read corpus": lambda context: list(context.corpus()),
}
