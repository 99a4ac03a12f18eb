"""DARE: drop random entries of each task vector and scale up the rest, then sum, or elect signs as TIES does.

Yu et al. 2023, "Language models are super Mario" (arXiv 2311.03099), section 3.
"""

from agent_forge.merging.methods.task_vectors import task_vector_method
from agent_forge.merging.sparsifiers.bernoulli import BERNOULLI

DARE_LINEAR = task_vector_method(
    name="dare_linear",
    title="random entries of the task vectors, summed",
    paper="arXiv 2311.03099",
    sparsifier=BERNOULLI,
    consensus=False,
    normalize=False,
    rescale=True,
)

DARE_TIES = task_vector_method(
    name="dare_ties",
    title="random entries of the task vectors, with elected signs",
    paper="arXiv 2311.03099",
    sparsifier=BERNOULLI,
    consensus=True,
    normalize=False,
    rescale=True,
)
