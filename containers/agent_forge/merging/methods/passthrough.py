"""Passthrough, the method of Frankenmerges: layers are copied from one model each, in the order of the
slices.

Optional `scale` per tensor, as in Kim et al. 2023, "SOLAR 10.7B" (arXiv 2312.15166), whose depth up-scaling
is such a stack.
"""

from agent_forge.merging.methods.combination import weighted_sum
from agent_forge.merging.methods.method import Method, Operator, Parameter
from agent_forge.merging.tensor_inputs import TensorInputs


def prepare(inputs: TensorInputs) -> Operator:
    """The one source, scaled."""
    scale = inputs.sources[0].values["scale"]
    return weighted_sum(inputs, [1.0 if scale is None else float(scale)])


PASSTHROUGH = Method(
    name="passthrough",
    title="layers stacked as they are (Frankenmerge)",
    paper="arXiv 2312.15166",
    models=(1, 1),
    base="refused",
    parameters=(
        Parameter(name="scale", doc="factor of the tensor; none leaves it as it is", per_model=True),
    ),
    prepare=prepare,
)
