"""Simulated binary crossover and polynomial mutation of real numbers in bounds (Deb and Agrawal 1995)."""

from random import Random

Bounds = tuple[float, float]


def crossed(rng: Random, a: float, b: float, bounds: Bounds, eta: float) -> float:
    """One child of simulated binary crossover, clipped to the bounds.

    Args:
        eta: distribution index; the larger, the closer the child stays to a parent.
    """
    u = rng.random()
    spread = (2 * u) ** (1 / (eta + 1)) if u <= 0.5 else (1 / (2 - 2 * u)) ** (1 / (eta + 1))
    sign = 1 if rng.random() < 0.5 else -1
    return clipped(((a + b) + sign * spread * abs(a - b)) / 2, bounds)


def mutated(rng: Random, value: float, bounds: Bounds, eta: float) -> float:
    """Polynomial mutation, clipped to the bounds."""
    u = rng.random()
    step = (2 * u) ** (1 / (eta + 1)) - 1 if u < 0.5 else 1 - (2 - 2 * u) ** (1 / (eta + 1))
    return clipped(value + step * (bounds[1] - bounds[0]), bounds)


def clipped(value: float, bounds: Bounds) -> float:
    """The nearest value inside the bounds."""
    return min(max(value, bounds[0]), bounds[1])
