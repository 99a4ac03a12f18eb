"""Breadcrumbs: drop both the largest and the smallest entries of each task vector, then sum, or elect signs.

Davari and Belilovsky 2023, "Model breadcrumbs" (arXiv 2312.06795), section 3.
"""

from agent_forge.merging.methods.task_vectors import task_vector_method
from agent_forge.merging.sparsifiers.middle import MIDDLE

BREADCRUMBS = task_vector_method(
    name="breadcrumbs",
    title="task vectors without largest and smallest entries, summed",
    paper="arXiv 2312.06795",
    sparsifier=MIDDLE,
    consensus=False,
    normalize=False,
    rescale=False,
)

BREADCRUMBS_TIES = task_vector_method(
    name="breadcrumbs_ties",
    title="task vectors without largest and smallest entries, with elected signs",
    paper="arXiv 2312.06795",
    sparsifier=MIDDLE,
    consensus=True,
    normalize=False,
    rescale=False,
)
