"""TIES: trim each task vector to its largest entries, elect a sign per element, average those that agree.

Yadav et al. 2023 (arXiv 2306.01708), section 3; trimmed per tensor.
"""

from agent_forge.merging.methods.task_vectors import task_vector_method
from agent_forge.merging.sparsifiers.magnitude import MAGNITUDE

TIES = task_vector_method(
    name="ties",
    title="trim, elect signs, average what agrees",
    paper="arXiv 2306.01708",
    sparsifier=MAGNITUDE,
    consensus=True,
    normalize=True,
    rescale=False,
)
