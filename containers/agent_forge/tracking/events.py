"""Events: one JSON object per line on stdout, flushed at once, so that a reader tails them as they happen."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from agent_forge.clock import utc_now
from agent_forge.errors import ForgeError

Emit = Callable[[str, Mapping[str, Any]], None]


class EventStream:
    """Writes event lines.

    Args:
        stream: the process's real stdout.
        job_id: what the queue calls this job; stands in every line, because the name of a log stream on AWS
            Batch does not tell whose it is. None outside of a queue.
    """

    def __init__(self, stream: TextIO, job_id: str | None = None) -> None:
        self._stream = stream
        self._job = {} if job_id is None else {"job": job_id}
        self._has_reader = True

    def mute(self) -> None:
        """Check events from here on, and write none."""
        self._has_reader = False

    def emit(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write one event.

        Raises:
            ForgeError(numeric): a number in it is NaN or infinite.
        """
        line = json_line({"type": kind, "at": utc_now(), "data": dict(data), **self._job})
        if not self._has_reader:
            return
        try:
            # One write per line: a reader never sees half of one together with half of another.
            self._stream.write(line)
            self._stream.flush()
        except BrokenPipeError:
            # Whoever listened has gone. The work goes on; what it finds stands in result.json.
            self._has_reader = False


def json_line(document: Any) -> str:
    """One line of JSON with its line break.

    Raises:
        ForgeError(numeric): a number is NaN or infinite, which JSON cannot carry.
    """
    try:
        return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise ForgeError(
            "numeric", f"An event holds a number that is not finite: {str(document)[:300]}"
        ) from error


def finite_number(name: str, value: float) -> float:
    """The value as a Python float (a tensor's or NumPy's scalar is converted).

    Raises:
        ForgeError(numeric): it is NaN or infinite.
    """
    number = float(value)
    if not math.isfinite(number):
        raise ForgeError(
            "numeric",
            f"{name} is {number}; expected a finite number. The loss or a weight left the finite range: "
            "lower the learning rate, or resume from the last checkpoint.",
            {"name": name, "value": str(number)},
        )
    return number
