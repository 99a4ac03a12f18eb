"""Task arithmetic: theta_0 + lambda sum_i w_i tau_i; a negative weight unlearns.

Ilharco et al. 2022 (arXiv 2212.04089), section 2.
"""

from agent_forge.merging.methods.task_vectors import task_vector_method
from agent_forge.merging.sparsifiers.everything import EVERYTHING

TASK_ARITHMETIC = task_vector_method(
    name="task_arithmetic",
    title="sum of task vectors",
    paper="arXiv 2212.04089",
    sparsifier=EVERYTHING,
    consensus=False,
    normalize=False,
    rescale=False,
)
