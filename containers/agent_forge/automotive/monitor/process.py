"""The monitor as a process: lines from a descriptor, answers to a stream, nothing else.

`python -m agent_forge.automotive.monitor` ends when its input does. A line longer than LONGEST is dropped.
"""

import json
import os
import select
import time
from collections.abc import Callable
from typing import TextIO

from agent_forge.automotive.monitor.session import Answers, Session

LONGEST, CHUNK = 65_536, 65_536


def now_ms() -> float:
    """Milliseconds of a clock that is never set back."""
    return time.monotonic() * 1e3


def supervise(descriptor: int, out: TextIO, clock: Callable[[], float] = now_ms) -> None:
    """Answer until the input ends.

    Args:
        descriptor: to read lines from.
        out: for answers; flushed after each batch.
        clock: monotonic, in milliseconds.
    """
    session, held = Session(clock), b""
    while True:
        ready, _, _ = select.select([descriptor], [], [], session.wait_s())
        if not ready:
            _say(out, session.expire())
            continue
        chunk = os.read(descriptor, CHUNK)
        if not chunk:
            return
        *lines, held = (held + chunk).split(b"\n")
        # A deadline that passed before this chunk was read is said first.
        _say(out, session.expire())
        for line in lines:
            _say(out, session.take(line.decode("utf-8", "replace")))
        if len(held) > LONGEST:
            held = b""
            _say(out, session.take(f"a line of more than {LONGEST} bytes"))


def _say(out: TextIO, answers: Answers) -> None:
    for answer in answers:
        out.write(json.dumps(answer) + "\n")
    out.flush()
