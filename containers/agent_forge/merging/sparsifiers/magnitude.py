"""The largest entries, int(density n) per tensor and at least one: trimming in TIES (arXiv 2306.01708)."""

import numpy as np

from agent_forge.merging.selection import largest
from agent_forge.merging.sparsifiers.sparsifier import (
    DENSITY,
    Sparsifier,
    TaskVector,
    Thin,
    keep_all,
    restored,
)


def prepare(vector: TaskVector) -> Thin:
    """One or two passes for the threshold."""
    density = float(vector.values["density"])
    if density >= 1 or vector.size == 0:
        return keep_all
    cut = largest(vector.magnitudes, vector.size, max(1, int(density * vector.size)))
    return restored(vector, lambda delta, start: cut.keeps(np.abs(delta), start))


MAGNITUDE = Sparsifier(prepare=prepare, parameters=(DENSITY,), holds_tensor=True)
