"""Neither the largest nor the smallest entries: breadcrumbs (arXiv 2312.06795).

Of n entries the int(gamma n) largest are dropped and of the others the int(density n) largest kept, at least
one; where both do not fit, fewer of the largest are dropped.
"""

import numpy as np

from agent_forge.merging.methods.method import Parameter
from agent_forge.merging.selection import largest
from agent_forge.merging.sparsifiers.sparsifier import (
    DENSITY,
    Sparsifier,
    TaskVector,
    Thin,
    keep_all,
    restored,
)

GAMMA = Parameter(
    name="gamma", doc="share of the largest entries that is dropped", default=0.01, per_model=True,
    at_least=0, below=1,
)  # fmt: skip


def prepare(vector: TaskVector) -> Thin:
    """One or two passes for each of the two thresholds."""
    density, size = float(vector.values["density"]), vector.size
    if density >= 1 or size == 0:
        return keep_all
    kept = max(1, int(density * size))
    dropped = min(int(float(vector.values["gamma"]) * size), size - kept)
    low, high = (largest(vector.magnitudes, size, count) for count in (kept + dropped, dropped))

    def keeps(delta: np.ndarray, start: int) -> np.ndarray:
        magnitudes = np.abs(delta)
        return low.keeps(magnitudes, start) & ~high.keeps(magnitudes, start)

    return restored(vector, keeps)


MIDDLE = Sparsifier(prepare=prepare, parameters=(DENSITY, GAMMA), holds_tensor=True)
