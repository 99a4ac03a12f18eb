"""Sums over whole tensors, in float64 and in blocks: a float32 sum over 20 million elements is off by 1e-3.

Legend: k vectors, n elements.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.tensor_inputs import TensorInputs

# Elements converted to float64 at once: k such pieces stay in a core's cache.
PIECE = 1 << 14


def gram(inputs: TensorInputs, indices: Sequence[int], deltas: bool = False) -> NDArray[np.float64]:
    """All dot products of whole tensors.

    Args:
        inputs: the tensor.
        indices: which sources, k of them.
        deltas: of the task vectors instead of the tensors.

    Returns:
        (k, k), symmetric.
    """
    count = len(indices)
    total = np.zeros((count, count))
    pieces = np.empty((count, PIECE))
    for start, stop in inputs.ranges():
        base = inputs.read_base(start, stop) if deltas else None
        blocks = [
            inputs.delta(index, start, stop, base) if deltas else inputs.read(index, start, stop)
            for index in indices
        ]
        for at in range(0, stop - start, PIECE):
            width = min(PIECE, stop - start - at)
            for row, block in enumerate(blocks):
                pieces[row, :width] = block[at : at + width]
            for row in range(count):
                for column in range(row + 1):
                    total[row, column] += pieces[row, :width] @ pieces[column, :width]
    return total + np.tril(total, -1).T


def variance(inputs: TensorInputs, index: int) -> float:
    """Population variance of a source's elements; 0 for fewer than two."""
    if inputs.size < 2:
        return 0.0
    total = squares = 0.0
    piece = np.empty(PIECE)
    for start, stop in inputs.ranges():
        block = inputs.read(index, start, stop)
        for at in range(0, stop - start, PIECE):
            width = min(PIECE, stop - start - at)
            part = piece[:width]
            part[:] = block[at : at + width]
            total += float(part.sum())
            squares += float(part @ part)
    mean = total / inputs.size
    return max(0.0, squares / inputs.size - mean * mean)
