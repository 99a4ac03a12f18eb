"""Being asked to stop: SIGTERM (Spot notice, cancelled job, Ctrl-C) becomes a flag for checkpoints."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from agent_forge.errors import EXIT_CODES, ForgeError

# A stop must end in exit 75 within 20 s; whoever has reached no checkpoint by then loses the steps since the
# last.
GRACE_SECONDS = 18.0
# A signal to the process group and one that a parent forwards arrive together and mean one notice.
SAME_NOTICE_SECONDS = 1.0


class StopRequest:
    """Whether this job has been asked to stop."""

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace_seconds = grace_seconds
        self._since: float | None = None
        self._deadline: threading.Timer | None = None

    @property
    def requested(self) -> bool:
        """True from the first signal on."""
        return self._since is not None

    def raise_if_requested(self, saved: str) -> None:
        """End the job as preempted when a stop was requested.

        Args:
            saved: what the next attempt goes on from, for the message.

        Raises:
            ForgeError(preempted): a stop was requested.
        """
        if self.requested:
            raise ForgeError("preempted", f"Stopped on request; the next attempt goes on from {saved}.")

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """First notice: set the flag, start the deadline. A second, later one: leave at once, as preempted.

        Leaving at once is safe because whatever is reachable is complete, and it stays exit code 75 because
        the last checkpoint makes the attempt resumable; 143 would read as a cancelled job.
        """
        now = time.monotonic()
        if self._since is None:
            self._since = now
            self._deadline = threading.Timer(
                self._grace_seconds, _leave, ["no checkpoint was reached in time"]
            )
            self._deadline.daemon = True
            self._deadline.start()
            _say(f"received signal {number}: stops at the next checkpoint, within {self._grace_seconds:g} s")
        elif now - self._since >= SAME_NOTICE_SECONDS:
            _leave("asked a second time")

    @contextmanager
    def listening(self) -> Iterator["StopRequest"]:
        """Listen to SIGTERM and SIGINT inside the block; Python allows that in the main thread only."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        signals = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, self.on_signal) for number in signals]
        try:
            yield self
        finally:
            if self._deadline is not None:
                self._deadline.cancel()
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)


def _leave(why: str) -> None:
    _say(f"leaving now ({why}); the last published checkpoint stays good")
    os._exit(EXIT_CODES["preempted"])


def _say(text: str) -> None:
    # os.write, not print: a signal may arrive while the stream's own lock is held.
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"agent_forge: {text}\n".encode())
