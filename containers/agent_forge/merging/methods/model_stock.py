"""Model Stock: between the base and the mean of its fine-tunes, as far as their directions agree.

Jang et al. 2024 (arXiv 2403.19522), section 4: t = N cos / (1 + (N - 1) cos), result t mean(theta_i) +
(1 - t) theta_0, with cos the mean cosine between task vectors. t is kept within 0..1: task vectors that point
apart would otherwise be extrapolated.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from agent_forge.merging.methods.combination import moved_base
from agent_forge.merging.methods.method import Method, Operator, Parameter
from agent_forge.merging.reductions import gram
from agent_forge.merging.tensor_inputs import Block, TensorInputs

SHORT = 1e-6  # products of norms below count as this


def share_of_mean(dots: NDArray[np.float64]) -> NDArray[np.float64]:
    """t from dot products (N, N, ...) of N task vectors; shape (...)."""
    count = len(dots)
    cosines = [
        np.clip(dots[i, j] / np.maximum(np.sqrt(dots[i, i] * dots[j, j]), SHORT), -1.0, 1.0)
        for i, j in combinations(range(count), 2)
    ]
    cosine = np.mean(cosines, axis=0)
    below = 1.0 + (count - 1) * cosine
    t = np.divide(count * cosine, below, out=np.zeros_like(cosine), where=below > 0)
    return np.clip(t, 0.0, 1.0)


def prepare(inputs: TensorInputs) -> Operator:
    """Per whole tensor, or per row with `filter_wise`."""
    others = inputs.others
    if inputs.settings["filter_wise"]:
        return _by_row(inputs, others)
    t = float(share_of_mean(gram(inputs, others, deltas=True)))
    return moved_base(inputs, [t / len(others)] * len(others))


def _by_row(inputs: TensorInputs, others: list[int]) -> Operator:
    width = max(1, inputs.shape[-1] if inputs.shape else 1)

    def combine(start: int, stop: int) -> Block:
        base = inputs.read_base(start, stop)
        rows = [inputs.delta(i, start, stop, base).reshape(-1, width) for i in others]
        wide = [each.astype(np.float64) for each in rows]
        dots = np.array([[np.einsum("rc,rc->r", a, b) for b in wide] for a in wide])
        t = (share_of_mean(dots) / len(others)).astype(np.float32)[:, None]
        total = rows[0]
        for each in rows[1:]:
            np.add(total, each, out=total)
        moved = np.multiply(total, t, out=total).reshape(-1)
        return np.add(base, moved, out=moved)

    return Operator(combine, unit=width)


MODEL_STOCK = Method(
    name="model_stock",
    title="between the base and the mean, by the angle of the task vectors",
    paper="arXiv 2403.19522",
    models=(2, None),
    base="needed",
    parameters=(
        Parameter(name="filter_wise", doc="one angle per row instead of one per tensor", default=False),
    ),
    prepare=prepare,
)
