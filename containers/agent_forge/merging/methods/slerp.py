"""SLERP: the arc between two models, per whole tensor; from the base at t = 0 to the other model at t = 1.

Shoemake 1985; for networks Wortsman et al. 2022 discuss the straight line. Nearly parallel tensors are
interpolated linearly.
"""

import math

from agent_forge.merging.methods.arc import arc
from agent_forge.merging.methods.combination import weighted_sum
from agent_forge.merging.methods.method import Method, Operator, Parameter
from agent_forge.merging.reductions import gram
from agent_forge.merging.tensor_inputs import TensorInputs

PARALLEL = 0.9995


def prepare(inputs: TensorInputs) -> Operator:
    """One pass for the angle, one for the sum."""
    first = inputs.base or 0
    order = [first, 1 - first]
    dots = gram(inputs, order)
    ends = arc(dots[0, 1], math.sqrt(dots[0, 0]), math.sqrt(dots[1, 1]), inputs.settings["t"], PARALLEL)
    return weighted_sum(inputs, [ends[order.index(index)] for index in range(2)])


SLERP = Method(
    name="slerp",
    title="spherical interpolation of two models",
    paper="Shoemake 1985",
    models=(1, 1),
    base="needed",
    parameters=(
        Parameter(name="t", doc="0 is the base, 1 the other model", required=True, at_least=0, at_most=1),
    ),
    prepare=prepare,
)
