"""Karcher mean: the point of the sphere from which the arcs to all models cancel out.

Karcher 1977, "Riemannian center of mass and mollifier smoothing". Tensors are taken as directions u_i and
lengths; the result has the mean length. All iterates lie in the span of the inputs, so the iteration runs on
coefficients and the matrix of dot products: the tensors are read twice, whatever the number of steps.
"""

import math

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.methods.combination import weighted_sum
from agent_forge.merging.methods.method import Method, Operator, Parameter
from agent_forge.merging.reductions import gram
from agent_forge.merging.tensor_inputs import TensorInputs


def mean_direction(cosines: NDArray[np.float64], steps: int, tolerance: float) -> NDArray[np.float64]:
    """Coefficients of the unit vectors whose sum is their mean on the sphere.

    Args:
        cosines: (k, k) dot products of k unit vectors.
        steps: most iterations.
        tolerance: length of the last step, in radians.

    Returns:
        (k,)
    """
    count = len(cosines)

    def length(c: NDArray[np.float64]) -> float:
        return math.sqrt(max(0.0, float(c @ cosines @ c)))

    c = np.full(count, 1.0 / count)
    if length(c) < tolerance:  # directions that cancel out: any of them is as good a start
        c = np.eye(count)[0]
    c /= length(c)
    for _ in range(steps):
        along = np.clip(cosines @ c, -1.0, 1.0)
        angles = np.arccos(along)
        far = angles >= tolerance
        pull = (
            np.divide(angles, np.sin(angles), out=np.zeros(count), where=far & (np.sin(angles) > 0)) / count
        )
        step = pull - (pull @ along) * c
        size = length(step)
        if size < tolerance:
            break
        c = math.cos(size) * c + math.sin(size) / size * step
        c /= length(c)
    return c


def prepare(inputs: TensorInputs) -> Operator:
    """Tensors shorter than `tol` have no direction: they only shorten the mean length."""
    tolerance = float(inputs.settings["tol"])
    count = len(inputs.sources)
    dots = gram(inputs, range(count))
    lengths = np.sqrt(np.diag(dots))
    valid = np.flatnonzero(lengths > tolerance)
    coefficients = np.zeros(count)
    if len(valid):
        unit = lengths[valid]
        cosines = dots[np.ix_(valid, valid)] / np.outer(unit, unit)
        direction = mean_direction(cosines, int(inputs.settings["max_iter"]), tolerance)
        coefficients[valid] = lengths.mean() * direction / unit
    return weighted_sum(inputs, coefficients.tolist())


KARCHER = Method(
    name="karcher",
    title="mean on the sphere of directions",
    paper="Karcher 1977",
    models=(1, None),
    base="member",
    parameters=(
        Parameter(name="max_iter", doc="most iterations", default=10, at_least=1, at_most=10_000, whole=True),
        Parameter(name="tol", doc="step length at which to stop, in radians", default=1e-5, above=0),
    ),
    prepare=prepare,
)
