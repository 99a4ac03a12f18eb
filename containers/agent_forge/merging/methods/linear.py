"""Linear: the weighted mean of the models, sum_i w_i theta_i / sum_i w_i.

Wortsman et al. 2022, "Model soups" (arXiv 2203.05482), section 3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from agent_forge.merging.methods.combination import weighted_sum
from agent_forge.merging.methods.method import WEIGHT, Method, Operator, Parameter
from agent_forge.merging.tensor_inputs import TensorInputs

NEAR_ZERO = 1e-8


def prepare(inputs: TensorInputs) -> Operator:
    """Weights from `weight`, divided by their sum if `normalize`."""
    weights = [float(source.values["weight"]) for source in inputs.sources]
    total = sum(weights) if inputs.settings["normalize"] else 1.0
    return weighted_sum(inputs, [weight / total for weight in weights])


def check(settings: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Weights that cancel out cannot be normalised."""
    weights = [float(value["weight"]) for value in values]
    if not settings["normalize"] or abs(sum(weights)) >= NEAR_ZERO:
        return None
    return (
        "zero_weight_sum",
        f"the weights {weights} sum to {sum(weights):g}, so they cannot be normalised; change one, or set"
        " normalize: false",
    )


LINEAR = Method(
    name="linear",
    title="weighted mean",
    paper="arXiv 2203.05482",
    models=(1, None),
    base="donor",
    parameters=(
        WEIGHT,
        Parameter(name="normalize", doc="divide by the sum of the weights", default=True),
    ),
    prepare=prepare,
    check=check,
)
