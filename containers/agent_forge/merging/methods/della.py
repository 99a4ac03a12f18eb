"""DELLA: drop entries at random, small ones more often, and scale up the rest; then elect signs, or only sum.

Deep et al. 2024, "DELLA-merging" (arXiv 2406.11617), section 3.
"""

from agent_forge.merging.methods.task_vectors import task_vector_method
from agent_forge.merging.sparsifiers.rank import RANK

DELLA = task_vector_method(
    name="della",
    title="entries drawn by rank, with elected signs",
    paper="arXiv 2406.11617",
    sparsifier=RANK,
    consensus=True,
    normalize=True,
    rescale=True,
)

DELLA_LINEAR = task_vector_method(
    name="della_linear",
    title="entries drawn by rank, summed",
    paper="arXiv 2406.11617",
    sparsifier=RANK,
    consensus=False,
    normalize=False,
    rescale=True,
)
