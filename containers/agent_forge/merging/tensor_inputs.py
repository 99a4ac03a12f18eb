"""What a method sees of one output tensor: its sources' elements in blocks of float32, and the settings.

Legend: k sources, n elements of a tensor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.model_folder import ModelFolder, Tensor

Block = NDArray[np.float32]
# Elements per block: half a megabyte of float32, so that a few of them stay in a core's cache.
BLOCK = 1 << 17


@dataclass(frozen=True)
class Source:
    """One model's share of a tensor. `values` are its parameters at this tensor."""

    model: ModelFolder
    tensor: Tensor
    values: Mapping[str, Any]


class TensorInputs:
    """The sources of one output tensor, read in blocks.

    Args:
        name: of the output tensor; random masks depend on it.
        sources: k sources of the same shape.
        base: which source is the base; None without one.
        settings: the method's parameters at this tensor.
        seed: of random masks.
    """

    def __init__(
        self,
        name: str,
        sources: Sequence[Source],
        base: int | None,
        settings: Mapping[str, Any],
        seed: int = 0,
    ) -> None:
        self.name = name
        self.sources = sources
        self.base = base
        self.settings = settings
        self.seed = seed
        self.shape = sources[0].tensor.shape
        self.size = sources[0].tensor.size
        self._buffers: list[Block] = [np.empty(0, dtype=np.float32) for _ in sources]

    @property
    def others(self) -> list[int]:
        """Indices of all sources but the base."""
        return [index for index in range(len(self.sources)) if index != self.base]

    def values(self, name: str) -> list[Any]:
        """One per-model parameter of all sources but the base, in the order of `others`."""
        return [self.sources[index].values[name] for index in self.others]

    def ranges(self, unit: int = 1) -> Iterator[tuple[int, int]]:
        """Consecutive ranges of elements that cover the tensor, each a whole number of `unit` elements."""
        step = max(1, BLOCK // max(1, unit)) * max(1, unit)
        for start in range(0, self.size, step):
            yield start, min(self.size, start + step)

    def read(self, index: int, start: int, stop: int) -> Block:
        """Elements of a source. The array is the source's own buffer: it lasts until the next read of it."""
        if len(self._buffers[index]) < stop - start:
            self._buffers[index] = np.empty(stop - start, dtype=np.float32)
        out = self._buffers[index][: stop - start]
        source = self.sources[index]
        source.model.read(source.tensor, start, out)
        return out

    def delta(self, index: int, start: int, stop: int, base: Block | None = None) -> Block:
        """Elements of the task vector, source minus base.

        Args:
            index: of the source.
            start, stop: range of elements.
            base: the base's elements of the range, where they were read already.
        """
        origin = self.read_base(start, stop) if base is None else base
        moved = self.read(index, start, stop)
        return np.subtract(moved, origin, out=moved)

    def read_base(self, start: int, stop: int) -> Block:
        """Elements of the base; the array lasts until the next call.

        Raises:
            ValueError: there is no base.
        """
        if self.base is None:
            raise ValueError(f"{self.name} has no base to subtract.")
        return self.read(self.base, start, stop)
