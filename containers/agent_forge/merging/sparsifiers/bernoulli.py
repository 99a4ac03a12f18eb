"""Every entry with the same probability: the dropping of DARE (arXiv 2311.03099), whose p is 1 - density."""

import numpy as np

from agent_forge.merging.sparsifiers.drawn import RESCALE_BY, thinned
from agent_forge.merging.sparsifiers.sparsifier import DENSITY, Sparsifier, TaskVector, Thin, keep_all


def prepare(vector: TaskVector) -> Thin:
    """One pass to draw the mask."""
    density = float(vector.values["density"])
    if density >= 1 or vector.size == 0:
        return keep_all
    return thinned(vector, lambda _delta, _start: np.float32(density), unit=1)


BERNOULLI = Sparsifier(prepare=prepare, parameters=(DENSITY,), rescaling=(RESCALE_BY,))
