"""When the next checkpoint is due. What a job computes never depends on it."""

import time
from collections.abc import Callable


class SaveSchedule:
    """Due after an interval in seconds, or after a number of steps, whichever comes first.

    Args:
        seconds: most seconds of work between two saves; 0 makes every step due.
        every_steps: most steps between two saves, one call of `due` being one step; None for no such limit.
        clock: monotonic seconds.
    """

    def __init__(
        self, seconds: float, every_steps: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._every_steps = every_steps
        self._clock = clock
        self.saved()

    def due(self) -> bool:
        """Count a step and say whether to save after it."""
        self._steps += 1
        if self._every_steps is not None and self._steps >= self._every_steps:
            return True
        return self._clock() - self._since >= self._seconds

    def saved(self) -> None:
        """Start both intervals again."""
        self._since = self._clock()
        self._steps = 0
