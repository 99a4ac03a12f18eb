"""Two estimates of the same thing as one, without knowing how their errors go together.

Covariance intersection: Julier and Uhlmann 1997, "A non-divergent estimation algorithm in the presence of
unknown correlations", equations 5 and 6. Adding information (`added`) is right for independent errors alone.
"""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Estimate = tuple[Vector, Matrix]  # (n,), (n, n)
HALVINGS = 60
GOLDEN = (5**0.5 - 1) / 2


def intersected(one: Estimate, two: Estimate) -> Estimate:
    """The fusion that claims no more than both errors allow however they correlate; smallest trace."""
    weight = best_weight(one[1], two[1])
    return _fused(one, two, weight, 1.0 - weight)


def added(one: Estimate, two: Estimate) -> Estimate:
    """The fusion of estimates whose errors are independent; overconfident where they are not."""
    return _fused(one, two, 1.0, 1.0)


def best_weight(one: Matrix, two: Matrix) -> float:
    """w in 0..1 with the smallest trace of (w one^-1 + (1 - w) two^-1)^-1, which is convex in w."""
    first, second = np.linalg.inv(one), np.linalg.inv(two)

    def trace(weight: float) -> float:
        return float(np.trace(np.linalg.inv(weight * first + (1.0 - weight) * second)))

    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, right) if trace(left) <= trace(right) else (left, high)
    return min((0.0, (low + high) / 2, 1.0), key=trace)


def _fused(one: Estimate, two: Estimate, first: float, second: float) -> Estimate:
    information_one, information_two = first * np.linalg.inv(one[1]), second * np.linalg.inv(two[1])
    covariance = np.asarray(np.linalg.inv(information_one + information_two))
    return covariance @ (information_one @ one[0] + information_two @ two[0]), covariance
