"""Sums of task vectors: consensus x sparsification, of which TIES, DARE, DELLA and breadcrumbs are the
products.

Ilharco et al. 2022, "Editing models with task arithmetic" (arXiv 2212.04089): theta_0 + lambda sum_i w_i
tau_i. The election of signs is section 3 of Yadav et al. 2023, "TIES-merging" (arXiv 2306.01708).
Legend: n elements of a block, tau_i = theta_i - theta_0.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agent_forge.merging.methods.method import WEIGHT, Method, Operator, Parameter
from agent_forge.merging.sparsifiers.sparsifier import Sparsifier, TaskVector
from agent_forge.merging.tensor_inputs import Block, TensorInputs

NEAR_ZERO = 1e-8
LAMBDA = Parameter(name="lambda", doc="factor of the merged task vector", default=1.0)
INT8_MASK = Parameter(
    name="int8_mask", doc="accepted and without effect: masks are never wide", default=False
)


def task_vector_method(
    *,
    name: str,
    title: str,
    paper: str,
    sparsifier: Sparsifier,
    consensus: bool,
    normalize: bool,
    rescale: bool,
) -> Method:
    """A method of this family.

    Args:
        name, title, paper: as in Method.
        sparsifier: which entries of each task vector are kept.
        consensus: whether only entries of the elected sign are summed.
        normalize: default of dividing by the (surviving) weights.
        rescale: default of giving what is kept the task vector's former size.
    """
    settings = [
        LAMBDA,
        Parameter(name="normalize", doc="divide by the sum of the weights", default=normalize),
    ]
    if sparsifier.parameters:
        settings += [
            Parameter(name="rescale", doc="scale what is kept up to the former size", default=rescale),
            *sparsifier.rescaling,
        ]

    def prepare(inputs: TensorInputs) -> Operator:
        return _prepare(inputs, sparsifier, consensus)

    def check(settings: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
        return _check_weights(settings, values, consensus) or sparsifier.check(values)

    return Method(
        name=name, title=title, paper=paper, models=(1, None), base="needed",
        parameters=(WEIGHT, *sparsifier.parameters, *settings, INT8_MASK),
        prepare=prepare, check=check, holds_tensor=sparsifier.holds_tensor,
    )  # fmt: skip


def _check_weights(
    settings: Mapping[str, Any], values: Sequence[Mapping[str, Any]], consensus: bool
) -> tuple[str, str] | None:
    weights = [float(value["weight"]) for value in values]
    divisor = sum(map(abs, weights)) if consensus else abs(sum(weights))
    if not settings["normalize"] or divisor >= NEAR_ZERO:
        return None
    return (
        "zero_weight_sum",
        f"the weights {weights} sum to {sum(weights):g}, so they cannot be normalised; change one, or set"
        " normalize: false",
    )


def _prepare(inputs: TensorInputs, sparsifier: Sparsifier, consensus: bool) -> Operator:
    vectors = [TaskVector(inputs, index, order) for order, index in enumerate(inputs.others)]
    thinned = [sparsifier.prepare(vector) for vector in vectors]
    weights = [np.float32(weight) for weight in inputs.values("weight")]
    normalize, scale = inputs.settings["normalize"], np.float32(inputs.settings["lambda"])
    merge = _elected if consensus else _summed

    def combine(start: int, stop: int) -> Block:
        base = inputs.read_base(start, stop)
        deltas = []
        for vector, thin, weight in zip(vectors, thinned, weights, strict=True):
            delta = vector.read(start, stop, base)
            thin(delta, start)
            if weight != 1:
                np.multiply(delta, weight, out=delta)
            deltas.append(delta)
        mixed = merge(deltas, weights, normalize)
        if scale != 1:
            np.multiply(mixed, scale, out=mixed)
        return np.add(base, mixed, out=mixed)

    return Operator(combine, unit=sparsifier.unit(inputs))


def _summed(deltas: Sequence[Block], weights: Sequence[np.float32], normalize: bool) -> Block:
    """Weighted sum; the first array receives it."""
    mixed = deltas[0]
    for delta in deltas[1:]:
        np.add(mixed, delta, out=mixed)
    if normalize:
        np.divide(mixed, np.float32(sum(map(float, weights))), out=mixed)
    return mixed


def _elected(deltas: Sequence[Block], weights: Sequence[np.float32], normalize: bool) -> Block:
    """Weighted sum over entries that have the sign of the sum; a sum of zero counts as +.

    With `normalize`, each element is divided by the weights of the entries that were summed there.
    """
    total = deltas[0].copy()
    for delta in deltas[1:]:
        np.add(total, delta, out=total)
    # 1 and -1, so that an agreeing entry times it is positive: no mask is stored.
    sign = np.where(total >= 0, np.float32(1), np.float32(-1))
    mixed = np.zeros_like(total)
    divisor = total
    divisor.fill(0)
    for delta, weight in zip(deltas, weights, strict=True):
        np.multiply(delta, sign, out=delta)
        np.maximum(delta, 0, out=delta)
        np.add(mixed, delta, out=mixed)
        if normalize:
            divisor += (delta > 0) * weight
    np.multiply(mixed, sign, out=mixed)
    if normalize:
        divisor[divisor == 0] = 1
        np.divide(mixed, divisor, out=mixed)
    return mixed
