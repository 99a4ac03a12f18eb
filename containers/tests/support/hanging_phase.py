"""A phase that makes two steps and then none, in the way that the variable HANG names."""

import ctypes
import os
import time

from agent_forge.phase import PhaseContext


def run(context: PhaseContext) -> None:
    """Hang."""
    for step in (1, 2):
        context.tracker.progress(step, 2, "walking")
    hangs[os.environ["HANG"]]()


def _compute() -> None:
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        sum(range(1000))


hangs = {
    "asleep": lambda: time.sleep(60),
    # PyDLL keeps the GIL: no other thread of Python runs.
    "in native code": lambda: ctypes.PyDLL(None).sleep(60),
    "computing": _compute,
}
