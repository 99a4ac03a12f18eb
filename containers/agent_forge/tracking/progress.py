"""How far a job is and when it will be done, said at most once a second."""

import time
from collections.abc import Callable
from typing import Any


class ProgressMeter:
    """Turns steps into `phase_progress` data.

    Args:
        interval_seconds: least time between two reports; the first and the last step are always reported.
        clock: monotonic seconds.
    """

    def __init__(self, interval_seconds: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval_seconds
        self._clock = clock
        self._begin: tuple[str, int, float] | None = None
        self._last = float("-inf")

    def measure(self, step: int, steps: int, message: str) -> dict[str, Any] | None:
        """What to report after `step` of `steps`, or None when it is too early for another line.

        The ETA counts from the first step seen with this message, so that a resumed job and a job with
        several loops do not mix speeds.
        """
        now = self._clock()
        if self._begin is None or self._begin[0] != message:
            self._begin = (message, step, now)
            self._last = float("-inf")
        if step < steps and now - self._last < self._interval:
            return None
        self._last = now
        _, first, since = self._begin
        done = step - first
        eta = (now - since) / done * max(steps - step, 0) if done > 0 else None
        return {
            "step": step,
            "steps": steps,
            "fraction": min(step / steps, 1.0) if steps > 0 else 1.0,
            "etaSeconds": None if eta is None else round(eta, 3),
            "message": message,
        }
