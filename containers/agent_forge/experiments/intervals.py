"""Mean and 95 % interval of paired differences (Student 1908): with few seeds its tails count."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.95
SIMPSON_STEPS = 2_000


@dataclass(frozen=True)
class Interval:
    """`low` and `high` are None where there are too few differences for an interval."""

    mean: float
    low: float | None
    high: float | None


def paired_interval(differences: Sequence[float]) -> Interval:
    """Mean and two-sided interval of the mean.

    Args:
        differences: one per seed; an interval needs at least three.
    """
    count = len(differences)
    mean = math.fsum(differences) / count
    if count < 3:
        return Interval(mean, None, None)
    deviation = math.sqrt(math.fsum((d - mean) ** 2 for d in differences) / (count - 1))
    reach = student_quantile(0.5 + LEVEL / 2, count - 1) * deviation / math.sqrt(count)
    return Interval(mean, mean - reach, mean + reach)


def student_quantile(probability: float, freedom: int) -> float:
    """The value that a t variable stays below with the given probability.

    Args:
        probability: above 0.5.
        freedom: degrees of freedom, at least 1.
    """
    low, high = 0.0, 1.0
    while _student_share(high, freedom) < probability:
        high *= 2.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _student_share(middle, freedom) < probability else (low, middle)
    return (low + high) / 2


def _student_share(t: float, freedom: int) -> float:
    """P(T <= t) for t >= 0. With t = sqrt(f) tan(a) the density becomes cos(a)^(f-1), smooth and bounded."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    end = math.atan(t / math.sqrt(freedom))
    width = end / SIMPSON_STEPS
    values = [math.cos(i * width) ** (freedom - 1) for i in range(SIMPSON_STEPS + 1)]
    area = (values[0] + values[-1] + 4 * sum(values[1:-1:2]) + 2 * sum(values[2:-1:2])) * width / 3
    return 0.5 + scale * area


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Rank correlation (Spearman 1904), ties sharing their mean rank; 0 where one side is constant."""
    a, b = _ranks(first), _ranks(second)
    mean = (len(a) + 1) / 2
    spread = math.sqrt(sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b))
    return sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True)) / spread if spread > 0 else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2
        for value in values
    ]
