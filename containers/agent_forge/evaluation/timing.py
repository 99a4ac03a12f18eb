"""Time of several ways to do the same thing, taken in turns in one process on one thread."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

FEWEST_REPEATS = 30


@dataclass(frozen=True)
class Times:
    """Milliseconds of each repeat, in the order taken."""

    milliseconds: Sequence[float]

    @property
    def median(self) -> float:
        """The middle one, the lower of two."""
        return sorted(self.milliseconds)[(len(self.milliseconds) - 1) // 2]

    @property
    def least(self) -> float:
        """The one that was disturbed least."""
        return min(self.milliseconds)


def timed_in_turns(
    ways: Mapping[str, Callable[[], object]],
    *,
    repeats: int = FEWEST_REPEATS,
    warm_up: int = 3,
    inner: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Times]:
    """Time every way `repeats` times, one after the other, so that what disturbs one disturbs all.

    Args:
        warm_up: calls of each before the first that counts.
        inner: calls per repeat; a repeat counts their mean.
        clock: in seconds. On a busy machine `time.thread_time`: long calls are interrupted more often than
            short ones, and wall time makes them look slower than they are.
    """
    for run in ways.values():
        for _ in range(warm_up):
            run()
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, run in ways.items():
            before = clock()
            for _ in range(inner):
                run()
            taken[name].append((clock() - before) * 1e3 / inner)
    return {name: Times(values) for name, values in taken.items()}
