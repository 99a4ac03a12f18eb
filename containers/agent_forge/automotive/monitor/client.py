"""The model's side of the monitor: starts the process, asks it, and knows what to say when it is gone."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from agent_forge.automotive.monitor.gate import Limits
from agent_forge.automotive.monitor.session import written
from agent_forge.errors import ForgeError

START_S, LEAVE_S = 60.0, 10.0
LOST = "monitor-lost"


class MonitorProcess:
    """A running monitor; a context manager that ends it.

    Args:
        limits: what it lets through.
        watchdog_ms: silence after which it asks to be taken over from.
        patience_s: how long an answer is waited for beyond the deadline.
    """

    def __init__(self, limits: Limits, watchdog_ms: float = 1000.0, patience_s: float = 5.0) -> None:
        self._limits = limits
        self._patience_s = patience_s
        folder = str(Path(__file__).resolve().parents[3])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent_forge.automotive.monitor"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": folder},
        )  # fmt: skip
        self._held = b""
        self._send({"limits": written(limits), "watchdogMs": watchdog_ms})
        if self.heard("ready", START_S) is None:
            self.end()
            raise ForgeError("dependency", f"The monitor did not answer within {START_S:.0f} s of its start.")

    def __enter__(self) -> "MonitorProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """Of the monitor."""
        return self._process.pid

    def begin(self, sequence: int) -> None:
        """Say that the model is being asked."""
        self._send({"begin": sequence})

    def result(self, sequence: int, values: Sequence[float], score: float | None) -> dict[str, Any]:
        """Hand in what the model said; what may be used. Without a monitor nothing of a model is used."""
        self._send({"result": sequence, "values": list(values), "score": score})
        answer = self.heard("seq", self._limits.deadline_ms / 1e3 + self._patience_s, sequence)
        return answer or {
            "seq": sequence, "verdict": "rejected", "source": "default", "handOver": True, "reasons": [LOST],
            "values": [bound.default for bound in self._limits.bounds],
        }  # fmt: skip

    def counters(self) -> dict[str, int]:
        """Diagnostic counters; empty where the monitor is gone."""
        self._send({"counters": True})
        answer = self.heard("counters", self._patience_s)
        return {} if answer is None else answer["counters"]

    def heard(self, name: str, seconds: float, value: object = None) -> dict[str, Any] | None:
        """The next answer that has `name` (and `value` there, if given); None where none comes in time."""
        end = time.monotonic() + seconds
        while (line := self._line(end)) is not None:
            answer: dict[str, Any] = json.loads(line)
            if name in answer and (value is None or answer[name] == value):
                return answer
        return None

    def end(self) -> None:
        """End the process; it leaves by itself when its input does."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue
        try:
            self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # its answers end as well, and that is what counts

    def _line(self, end: float) -> bytes | None:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while b"\n" not in self._held:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
            chunk = os.read(descriptor, 65_536) if ready else b""
            if not chunk:
                return None
            self._held += chunk
        line, _, self._held = self._held.partition(b"\n")
        return line
