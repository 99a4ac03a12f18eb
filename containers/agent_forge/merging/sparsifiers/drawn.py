"""Random masks: each entry is kept with its own probability, then the rest is scaled up.

`rescale_by: norm` restores the L1 norm of the tensor's task vector; `rescale_by: probability` divides each
entry by its probability, as the papers of DARE (arXiv 2311.03099) and DELLA (arXiv 2406.11617) do.
If a draw left nothing of a task vector, as it easily does for a tensor of a few entries, its largest entry
stays.
Legend: n elements of a block.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.methods.method import Parameter
from agent_forge.merging.random_bits import WHOLE
from agent_forge.merging.sparsifiers.sparsifier import TINY, TaskVector, Thin, sum_magnitudes
from agent_forge.merging.tensor_inputs import Block

RESCALE_BY = Parameter(
    name="rescale_by",
    doc="what rescaling restores: the tensor's L1 norm, or every entry's expectation",
    default="norm",
    choices=("norm", "probability"),
)

Probabilities = Callable[
    [Block, int], Block | np.float32
]  # of keeping a block's entries: (n,) or one for all


def thinned(vector: TaskVector, probabilities: Probabilities, unit: int) -> Thin:
    """Draw the mask once, measure what it keeps, and thin blocks by it.

    Args:
        vector: the task vector.
        probabilities: from a block of it and its first index.
        unit: elements that `probabilities` has to see together.
    """
    mask = _Mask(vector.size)
    before = after = 0.0
    for start, stop in vector.inputs.ranges(unit):
        delta = vector.read(start, stop)
        bound = np.float64(probabilities(delta, start)) * WHOLE
        kept = vector.bits(start, stop) < bound
        mask.put(start, kept)
        before += sum_magnitudes(delta)
        after += sum_magnitudes(delta * kept)
    if before > 0 and after == 0:
        place, after = _largest_entry(vector)
        mask.add(place)
    rescale, by = vector.settings["rescale"], vector.settings["rescale_by"]
    scale = np.float32(before / after if rescale and by == "norm" and min(before, after) >= TINY else 1.0)

    def thin(delta: Block, start: int) -> None:
        if rescale and by == "probability":
            np.divide(delta, probabilities(delta.copy(), start), out=delta)
        np.multiply(delta, mask.get(start, start + len(delta)), out=delta)
        if scale != 1:
            np.multiply(delta, scale, out=delta)

    return thin


class _Mask:
    """One bit per element; starts of blocks need not be whole bytes."""

    def __init__(self, size: int) -> None:
        self._bits = np.zeros(-(-size // 8), dtype=np.uint8)

    def put(self, start: int, kept: NDArray[np.bool_]) -> None:
        first, lead = divmod(start, 8)
        packed = np.packbits(np.concatenate([np.zeros(lead, dtype=bool), kept]) if lead else kept)
        self._bits[first : first + len(packed)] |= packed

    def add(self, place: int) -> None:
        self._bits[place // 8] |= np.uint8(128 >> place % 8)

    def get(self, start: int, stop: int) -> NDArray[np.bool_]:
        first, lead = divmod(start, 8)
        return np.unpackbits(self._bits[first : -(-stop // 8)])[lead : lead + stop - start].view(np.bool_)


def _largest_entry(vector: TaskVector) -> tuple[int, float]:
    """Index and magnitude of the first of the largest entries."""
    best, found = -1, -1.0
    for start, stop in vector.inputs.ranges():
        magnitudes = vector.magnitudes(start, stop)
        place = int(magnitudes.argmax())
        if float(magnitudes[place]) > found:
            best, found = start + place, float(magnitudes[place])
    return best, found
