"""Exact intervals of shares (Clopper and Pearson 1934): no failure in n leaves about 3/n, not 0."""

import math
from collections.abc import Callable

LEVEL = 0.95
HALVINGS = 60


def proportion_interval(hits: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Two-sided interval of a share; (0, 1) where nothing was tried.

    Args:
        hits: 0 to `trials`.
    """
    if trials == 0:
        return 0.0, 1.0
    tail = (1.0 - level) / 2
    # P(X >= hits) grows with p, P(X <= hits) falls.
    low = 0.0 if hits == 0 else _root(lambda p: _at_least(hits, trials, p) - tail)
    high = 1.0 if hits == trials else _root(lambda p: tail - (1.0 - _at_least(hits + 1, trials, p)))
    return low, high


def _root(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def _at_least(hits: int, trials: int, share: float) -> float:
    """P(X >= hits) of a binomial: the incomplete beta function by its continued fraction (Lentz)."""
    if share <= 0.0 or share >= 1.0:
        return float(share >= 1.0)
    a, b = float(hits), trials - hits + 1.0
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(share) + b * math.log1p(-share)
    if share < (a + 1.0) / (a + b + 2.0):
        return math.exp(log) * _fraction(a, b, share) / a
    return 1.0 - math.exp(log) * _fraction(b, a, 1.0 - share) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Abramowitz and Stegun 26.5.8, evaluated forwards."""
    tiny = 1e-300
    c, d = 1.0, 1.0 / ((1.0 - (a + b) * x / (a + 1.0)) or tiny)
    found = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / ((1.0 + term * d) or tiny)
            c = (1.0 + term / c) or tiny
            found *= c * d
        if abs(c * d - 1.0) < 1e-14:
            break
    return found
