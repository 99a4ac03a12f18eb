"""The k largest magnitudes of a tensor, exactly and without sorting it.

A sample brackets the threshold; one pass counts what lies above the bracket and keeps what lies inside, a few
percent, among which the k-th is found by partition. A sample that misleads costs one more pass, never
exactness. Among equal magnitudes the first ones are taken, so that cuts of different k nest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.tensor_inputs import BLOCK, Block

Magnitudes = Callable[[int, int], Block]  # |elements| of a range; lasts until the next call
SMALL = 1 << 19  # elements up to which the whole tensor is partitioned
CHUNKS, CHUNK = 128, 512  # of the sample, spread over the tensor
MARGIN = 0.02  # of all elements, on both sides of the sample's guess


@dataclass(frozen=True)
class Cut:
    """Keeps magnitudes above the threshold, and equal ones up to index `last`."""

    threshold: float
    last: int

    def keeps(self, magnitudes: Block, start: int) -> NDArray[np.bool_]:
        """Which of the elements from index `start` on are among the k largest."""
        threshold = np.float32(self.threshold)
        if self.last >= start + len(magnitudes):
            return magnitudes >= threshold
        kept = magnitudes > threshold
        before = max(0, self.last + 1 - start)
        kept[:before] |= magnitudes[:before] == threshold
        return kept


def largest(read: Magnitudes, size: int, count: int) -> Cut:
    """The cut that keeps exactly `count` elements.

    Args:
        read: magnitudes of a range of elements.
        size: number of elements.
        count: how many to keep, 0..size.
    """
    if count <= 0:
        return Cut(np.inf, -1)
    if count >= size:
        return Cut(0.0, size)
    found = None if size <= SMALL else _bracketed(read, size, count, *_bracket(read, size, count))
    above, inside = found or (0, np.concatenate([read(start, stop).copy() for start, stop in _ranges(size)]))
    at = len(inside) - (count - above)
    inside.partition(at)
    threshold = inside[at]
    equal = int(np.count_nonzero(inside == threshold))
    wanted = count - above - int(np.count_nonzero(inside > threshold))
    last = size if wanted == equal else _index_of_equal(read, size, threshold, wanted)
    return Cut(float(threshold), last)


def _ranges(size: int) -> Iterable[tuple[int, int]]:
    return ((start, min(size, start + BLOCK)) for start in range(0, size, BLOCK))


def _bracket(read: Magnitudes, size: int, count: int) -> tuple[float, float]:
    """Magnitudes between which the k-th lies if the sample is not misleading."""
    starts = np.linspace(0, size - CHUNK, CHUNKS).astype(int)
    sample = np.sort(np.concatenate([read(start, start + CHUNK).copy() for start in starts.tolist()]))
    share = 1.0 - count / size
    low, high = (int((share + side * MARGIN) * len(sample)) for side in (-1, 1))
    return (
        float(sample[low]) if low > 0 else 0.0,
        float(sample[high]) if high < len(sample) else np.inf,
    )


def _bracketed(read: Magnitudes, size: int, count: int, low: float, high: float) -> tuple[int, Block] | None:
    """How many lie above the bracket, and those inside; None when the k-th is not inside."""
    above, parts = 0, []
    bottom, top = np.float32(low), np.float32(high)
    for start, stop in _ranges(size):
        magnitudes = read(start, stop)
        higher, reached = magnitudes > top, magnitudes >= bottom
        above += int(np.count_nonzero(higher))
        # Of what reached the bottom, all that is not higher: no third comparison.
        parts.append(magnitudes[np.not_equal(reached, higher, out=reached)])
    inside = np.concatenate(parts)
    return (above, inside) if above < count <= above + len(inside) else None


def _index_of_equal(read: Magnitudes, size: int, threshold: float, number: int) -> int:
    """Index of the `number`-th element that equals the threshold."""
    for start, stop in _ranges(size):
        places = np.flatnonzero(read(start, stop) == threshold)
        if number <= len(places):
            return start + int(places[number - 1])
        number -= len(places)
    raise AssertionError("The elements changed between two passes.")
