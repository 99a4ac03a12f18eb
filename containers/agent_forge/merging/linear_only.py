"""The mean for tensors that a recipe keeps out of its method (`linear_only`): gains, gates, halting heads.

Few numbers that each act on everything are neither trimmed nor drawn: the models besides the base are
averaged, by their weights where these are not negative, else equally; SLERP's two models by its t.
"""

from agent_forge.merging.methods.combination import weighted_sum
from agent_forge.merging.methods.method import Method, Operator
from agent_forge.merging.tensor_inputs import TensorInputs


def prepare(inputs: TensorInputs) -> Operator:
    """Coefficients that sum to 1."""
    coefficients = [0.0] * len(inputs.sources)
    if "t" in inputs.settings and inputs.base is not None:
        t = float(inputs.settings["t"])
        coefficients[inputs.base], coefficients[inputs.others[0]] = 1.0 - t, t
        return weighted_sum(inputs, coefficients)
    weights = [float(inputs.sources[index].values.get("weight") or 0.0) for index in inputs.others]
    if min(weights) < 0 or sum(weights) <= 0:
        weights = [1.0] * len(weights)
    for index, weight in zip(inputs.others, weights, strict=True):
        coefficients[index] = weight / sum(weights)
    return weighted_sum(inputs, coefficients)


LINEAR_ONLY = Method(
    name="linear_only",
    title="mean",
    paper="arXiv 2203.05482",
    models=(1, None),
    base="donor",
    prepare=prepare,
)
