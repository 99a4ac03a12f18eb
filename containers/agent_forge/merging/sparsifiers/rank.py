"""Larger entries with a higher probability, by rank within the row: MagPrune of DELLA (arXiv 2406.11617).

From density - epsilon for a row's smallest entry to density + epsilon for its largest, linearly in the rank;
a row of one entry has the density itself.
Legend: R rows, C columns of a block.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agent_forge.merging.methods.method import Parameter
from agent_forge.merging.sparsifiers.drawn import RESCALE_BY, thinned
from agent_forge.merging.sparsifiers.sparsifier import (
    DENSITY,
    Sparsifier,
    TaskVector,
    Thin,
    keep_all,
    row_width,
)
from agent_forge.merging.tensor_inputs import Block

EPSILON = Parameter(
    name="epsilon", doc="half the spread of the probabilities around the density", default=0.15,
    per_model=True, at_least=0, below=0.5,
)  # fmt: skip


def ranks(magnitudes_RC: Block) -> Block:
    """Rank of each entry within its row, 0 for the smallest; equal ones in their order. (R, C)"""
    rows, columns = magnitudes_RC.shape
    # A positive float's bits order as the float; with the column below them, keys are unique.
    keys = magnitudes_RC.view(np.uint32).astype(np.uint64) << 32
    keys |= np.arange(columns, dtype=np.uint64)
    keys.sort(axis=1)
    order = (keys & np.uint64(0xFFFFFFFF)).astype(np.intp)
    out = np.empty((rows, columns), dtype=np.float32)
    np.put_along_axis(out, order, np.arange(columns, dtype=np.float32)[None, :], axis=1)
    return out


def prepare(vector: TaskVector) -> Thin:
    """One pass to draw the mask."""
    density, epsilon = float(vector.values["density"]), float(vector.values["epsilon"])
    if density >= 1 or vector.size == 0:
        return keep_all
    width = row_width(vector.inputs)

    def probabilities(delta: Block, _start: int) -> Block:
        if width == 1:
            return np.full(len(delta), density, dtype=np.float32)
        place = ranks(np.abs(delta).reshape(-1, width)).reshape(-1)
        place *= np.float32(2 * epsilon / (width - 1))
        place += np.float32(density - epsilon)
        return place

    return thinned(vector, probabilities, unit=width)


def check(values: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """density +- epsilon has to stay a probability that is neither 0 nor 1."""
    for value in values:
        density, epsilon = float(value["density"]), float(value["epsilon"])
        if density < 1 and not (density - epsilon > 0 and density + epsilon < 1):
            return (
                "out_of_range",
                f"density {density:g} -/+ epsilon {epsilon:g} leaves 0..1; choose epsilon below"
                f" {min(density, 1 - density):g}",
            )
    return None


RANK = Sparsifier(
    prepare=prepare, parameters=(DENSITY, EPSILON), rescaling=(RESCALE_BY,), row_wise=True, check=check
)
