"""What a sparsifier is given, a task vector in blocks, and what it gives back: a function that thins a block.

Legend: n elements of a tensor or block.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.methods.method import Parameter
from agent_forge.merging.random_bits import bits, key_of
from agent_forge.merging.tensor_inputs import Block, TensorInputs

# thin(delta, start): scales the kept elements of a block from index `start` on and zeroes the others, in
# place.
Thin = Callable[[Block, int], None]
TINY = 1e-7  # sums of magnitudes below are not divided by

DENSITY = Parameter(
    name="density", doc="share of entries that is kept", default=1.0, per_model=True, above=0, at_most=1
)


class TaskVector:
    """One source minus the base.

    Args:
        inputs: the tensor.
        index: of the source among them.
        order: of the model among those merged; random masks depend on it.
    """

    def __init__(self, inputs: TensorInputs, index: int, order: int) -> None:
        self.inputs = inputs
        self.index = index
        self.values = inputs.sources[index].values
        self.settings = inputs.settings
        self.size = inputs.size
        self.key = key_of(inputs.seed, inputs.name, order)

    def read(self, start: int, stop: int, base: Block | None = None) -> Block:
        """Elements of a range; the array lasts until the next read."""
        return self.inputs.delta(self.index, start, stop, base)

    def magnitudes(self, start: int, stop: int) -> Block:
        """|elements| of a range; the array lasts until the next read."""
        delta = self.read(start, stop)
        return np.abs(delta, out=delta)

    def bits(self, start: int, stop: int) -> NDArray[np.uint32]:
        """Random numbers of a range, the same whatever the range."""
        return bits(self.key, start, stop)


@dataclass(frozen=True, kw_only=True)
class Sparsifier:
    """One way to choose entries. `row_wise` ones see whole rows; `rescaling` are ways to restore the size."""

    prepare: Callable[[TaskVector], Thin]
    parameters: tuple[Parameter, ...] = ()
    rescaling: tuple[Parameter, ...] = ()
    row_wise: bool = False
    holds_tensor: bool = False
    check: Callable[[Sequence[Mapping[str, Any]]], tuple[str, str] | None] = field(default=lambda _: None)

    def unit(self, inputs: TensorInputs) -> int:
        """Elements that have to be seen together: a row, or 1."""
        return row_width(inputs) if self.row_wise else 1


def row_width(inputs: TensorInputs) -> int:
    """Elements of a row; a vector is one row."""
    return max(1, inputs.shape[-1] if inputs.shape else 1)


def keep_all(_delta: Block, _start: int) -> None:
    """Density 1: every entry stays as it is."""


def sum_magnitudes(block: Block) -> float:
    """L1 norm of a block, in float64."""
    return float(np.abs(block).sum(dtype=np.float64))


def restored(vector: TaskVector, keeps: Callable[[Block, int], NDArray[np.bool_]]) -> Thin:
    """Masks, and with `rescale` scales what is kept to the task vector's former L1 norm.

    Args:
        vector: the task vector.
        keeps: mask of a block of it.
    """
    factor = 1.0
    if vector.settings["rescale"]:
        before = after = 0.0
        for start, stop in vector.inputs.ranges():
            delta = vector.read(start, stop)
            before += sum_magnitudes(delta)
            after += sum_magnitudes(delta * keeps(delta, start))
        factor = before / after if min(before, after) >= TINY else 1.0
    scale = np.float32(factor)

    def thin(delta: Block, start: int) -> None:
        np.multiply(delta, keeps(delta, start), out=delta)
        if scale != 1:
            np.multiply(delta, scale, out=delta)

    return thin
