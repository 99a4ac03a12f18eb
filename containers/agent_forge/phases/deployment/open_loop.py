"""Latency of calls that arrive when they arrive, not when the one before has ended.

A loop that sends each call after the last one measures itself into a good light: while the server is slow it
asks less (coordinated omission). Here every call has a time at which it was meant to be sent, and waits from
then on.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np


def poisson_arrivals(rate: float, count: int, seed: int) -> list[float]:
    """Seconds from the start at which calls arrive, with exponential gaps between them.

    Args:
        rate: calls per second.
    """
    return [float(each) for each in np.cumsum(np.random.default_rng(seed).exponential(1.0 / rate, count))]


def open_loop(
    call: Callable[[], object],
    arrivals: Sequence[float],
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> list[float]:
    """Wall milliseconds of each call from when it was meant to be sent, one server, first come first served.

    Args:
        arrivals: seconds from the start, rising.
    """
    begin, found = clock(), []
    for arrival in arrivals:
        early = begin + arrival - clock()
        if early > 0:
            sleep(early)
        call()
        found.append((clock() - begin - arrival) * 1e3)
    return found
