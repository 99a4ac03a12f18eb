"""DFS: inverse-variance weights, per tensor w_i in proportion to 1 / (Var(theta_i) + epsilon), normalised.

The rule by which independent estimates are combined with the least variance (Hartung, Knapp and Sinha 2008,
"Statistical Meta-Analysis", section 2.1), applied to each model's tensor.
"""

from agent_forge.merging.methods.combination import weighted_sum
from agent_forge.merging.methods.method import Method, Operator, Parameter
from agent_forge.merging.reductions import variance
from agent_forge.merging.tensor_inputs import TensorInputs


def prepare(inputs: TensorInputs) -> Operator:
    """Population variance over a tensor's elements, in float64."""
    epsilon = float(inputs.settings["epsilon"])
    shares = [1.0 / (variance(inputs, index) + epsilon) for index in range(len(inputs.sources))]
    return weighted_sum(inputs, [share / sum(shares) for share in shares])


DFS = Method(
    name="dfs",
    title="mean weighted by inverse variance",
    paper="inverse-variance weighting",
    models=(1, None),
    base="donor",
    parameters=(Parameter(name="epsilon", doc="added to each variance", default=1e-8, above=0),),
    prepare=prepare,
)
