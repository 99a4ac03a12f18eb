"""Every deterministic merge method again, element by element in float64, as its paper writes it."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Merge = Callable[[Sequence[Vector]], Vector]


def linear(models: Sequence[Vector], weights: Sequence[float]) -> Vector:
    """sum w theta / sum w"""
    return sum(w * m for w, m in zip(weights, models, strict=True)) / sum(weights)


def arc(a: Vector, b: Vector, t: float) -> Vector:
    """Shoemake's formula over flattened tensors."""
    angle = math.acos(float(a.ravel() @ b.ravel()) / (np.linalg.norm(a) * np.linalg.norm(b)))
    return (math.sin((1 - t) * angle) * a + math.sin(t * angle) * b) / math.sin(angle)


def karcher(models: Sequence[Vector], steps: int = 200) -> Vector:
    """Fixed-point iteration over whole vectors."""
    units = [m / np.linalg.norm(m) for m in models]
    u = sum(units) / np.linalg.norm(sum(units))
    for _ in range(steps):
        pull = np.zeros_like(u)
        for unit in units:
            cosine = float(np.clip((u * unit).sum(), -1, 1))
            angle = math.acos(cosine)
            if angle > 1e-12:
                pull += angle / math.sin(angle) * (unit - cosine * u) / len(units)
        size = float(np.linalg.norm(pull))
        if size < 1e-14:
            break
        u = math.cos(size) * u + math.sin(size) * pull / size
    return u * float(np.mean([np.linalg.norm(m) for m in models]))


def model_stock(base: Vector, models: Sequence[Vector]) -> Vector:
    """Section 4 of arXiv 2403.19522 with the mean pairwise cosine, t within 0..1.

    Products of lengths count as 1e-6 at least, as mergekit has it.
    """
    deltas = [m - base for m in models]
    cosines = [
        float((a * b).sum()) / max(1e-6, float(np.linalg.norm(a) * np.linalg.norm(b)))
        for i, a in enumerate(deltas)
        for b in deltas[i + 1 :]
    ]
    cosine, count = float(np.mean(cosines)), len(models)
    t = min(1.0, max(0.0, count * cosine / (1 + (count - 1) * cosine)))
    return t * sum(models) / count + (1 - t) * base


def dfs(models: Sequence[Vector]) -> Vector:
    """Weights 1 / (variance + 1e-8), normalised."""
    return linear(models, [1 / (float(np.var(m)) + 1e-8) for m in models])


def keep_largest(delta: Vector, count: int) -> Vector:
    """The `count` entries of largest magnitude, the first of equal ones."""
    order = np.argsort(-np.abs(delta.ravel()), kind="stable")
    kept = np.zeros(delta.size)
    kept[order[:count]] = delta.ravel()[order[:count]]
    return kept.reshape(delta.shape)


def keep_middle(delta: Vector, density: float, gamma: float) -> Vector:
    """Without the int(gamma n) largest, then the int(density n) largest of the rest."""
    count = max(1, int(density * delta.size))
    dropped = min(int(gamma * delta.size), delta.size - count)
    return keep_largest(delta, count + dropped) - keep_largest(delta, dropped)


def sum_deltas(
    base: Vector, deltas: Sequence[Vector], weights: Sequence[float], scale: float, normalize: bool
) -> Vector:
    """theta_0 + lambda sum w tau"""
    mixed = sum(w * d for w, d in zip(weights, deltas, strict=True))
    return base + scale * (mixed / sum(weights) if normalize else mixed)


def elect(
    base: Vector, deltas: Sequence[Vector], weights: Sequence[float], scale: float, normalize: bool
) -> Vector:
    """TIES' election, one element after the other."""
    out = base.copy().ravel()
    columns = np.stack([w * d.ravel() for w, d in zip(weights, deltas, strict=True)], axis=1)
    for element, column in enumerate(columns):
        sign = 1.0 if column.sum() >= 0 else -1.0
        agreeing = [index for index, value in enumerate(column) if np.sign(value) == sign]
        share = sum(weights[index] for index in agreeing) if normalize else 1.0
        if agreeing and share:
            out[element] += scale * sum(column[index] for index in agreeing) / share
        elif agreeing:
            out[element] += scale * sum(column[index] for index in agreeing)
    return out.reshape(base.shape)
