"""NuSLERP: SLERP with t from two weights, over whole tensors, rows or columns, and optionally over task
vectors.

t = w_2 / (w_1 + w_2). With a base the arc runs between the task vectors: theta_0 + slerp(tau_1, tau_2).
"""

import math

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.methods.arc import arc
from agent_forge.merging.methods.combination import moved_base, weighted_sum
from agent_forge.merging.methods.method import WEIGHT, Method, Operator, Parameter
from agent_forge.merging.reductions import gram
from agent_forge.merging.tensor_inputs import Block, TensorInputs

PARALLEL = 1.0 - 1e-15  # only what is parallel to rounding is interpolated linearly
FEW = 1e-6  # a sum of weights below says nothing: t is a half

Dots = NDArray[np.float64]  # (3, ...) a.a, a.b, b.b


def share(weights: list[float]) -> float:
    """t of two weights."""
    total = sum(weights)
    return 0.5 if abs(total) < FEW else weights[1] / total


def prepare(inputs: TensorInputs) -> Operator:
    """`nuslerp_flatten` takes the tensor as one vector; else its last axis, or its first with `row_wise`."""
    t = share([float(weight) for weight in inputs.values("weight")])
    if inputs.settings["nuslerp_flatten"] or len(inputs.shape) < 2:
        dots = gram(inputs, inputs.others, deltas=inputs.base is not None)
        ends = arc(dots[0, 1], math.sqrt(dots[0, 0]), math.sqrt(dots[1, 1]), t, PARALLEL)
        if inputs.base is not None:
            return moved_base(inputs, ends)
        return weighted_sum(inputs, ends)
    if inputs.settings["nuslerp_row_wise"]:
        return _along_first_axis(inputs, t)
    return _along_last_axis(inputs, t)


def _pair(inputs: TensorInputs, start: int, stop: int, width: int) -> tuple[Block | None, Block, Block]:
    """The base's block, and both vectors' as rows of `width`."""
    base = None if inputs.base is None else inputs.read_base(start, stop)
    first, second = (
        inputs.read(index, start, stop) if base is None else inputs.delta(index, start, stop, base)
        for index in inputs.others
    )
    return base, first.reshape(-1, width), second.reshape(-1, width)


def _dots(first: Block, second: Block, axis: int) -> Dots:
    a, b = first.astype(np.float64), second.astype(np.float64)
    return np.stack([(a * a).sum(axis), (a * b).sum(axis), (b * b).sum(axis)])


def _ends(dots: Dots, t: float) -> tuple[Block, Block]:
    """Coefficients of both vectors, one pair per row or column."""
    pairs = [arc(ab, math.sqrt(aa), math.sqrt(bb), t, PARALLEL) for aa, ab, bb in dots.T.tolist()]
    ends = np.array(pairs, dtype=np.float32).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def _mix(base: Block | None, first: Block, second: Block, of_first: Block, of_second: Block) -> Block:
    np.multiply(first, of_first, out=first)
    np.multiply(second, of_second, out=second)
    mixed = np.add(first, second, out=first).reshape(-1)
    return mixed if base is None else np.add(base, mixed, out=mixed)


def _along_last_axis(inputs: TensorInputs, t: float) -> Operator:
    width = max(1, inputs.shape[-1])

    def combine(start: int, stop: int) -> Block:
        base, first, second = _pair(inputs, start, stop, width)
        of_first, of_second = _ends(_dots(first, second, 1), t)
        return _mix(base, first, second, of_first[:, None], of_second[:, None])

    return Operator(combine, unit=width)


def _along_first_axis(inputs: TensorInputs, t: float) -> Operator:
    width = max(1, math.prod(inputs.shape[1:]))
    dots = np.zeros((3, width))
    for start, stop in inputs.ranges(width):
        _, first, second = _pair(inputs, start, stop, width)
        dots += _dots(first, second, 0)
    of_first, of_second = _ends(dots, t)

    def combine(start: int, stop: int) -> Block:
        base, first, second = _pair(inputs, start, stop, width)
        return _mix(base, first, second, of_first, of_second)

    return Operator(combine, unit=width)


NUSLERP = Method(
    name="nuslerp",
    title="spherical interpolation by weights, of models or task vectors",
    paper="Shoemake 1985",
    models=(2, 2),
    base="origin",
    parameters=(
        WEIGHT,
        Parameter(name="nuslerp_flatten", doc="take each tensor as one vector", default=True),
        Parameter(
            name="nuslerp_row_wise",
            doc="without flatten: vectors along the first axis instead of the last",
            default=False,
        ),
    ),
    prepare=prepare,
)
