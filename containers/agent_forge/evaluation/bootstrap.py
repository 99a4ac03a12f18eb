"""Percentile bootstrap over rows of text (Efron 1979): places of one row are not independent, rows are.

Legend: R rows, N draws.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

LEVEL = 0.95
# Values (N, R, ...) of N redrawn data sets, or (1, R, ...) of the data itself, to one statistic each, (N,).
Statistic = Callable[..., Tensor]


@dataclass(frozen=True)
class Estimate:
    """A statistic of the data with the middle 95 % of its values on redrawn data."""

    value: float
    low: float
    high: float


def bootstrap(statistic: Statistic, *data_R: Tensor, draws: int, seed: int) -> Estimate:
    """Redraw rows with replacement.

    Args:
        data_R: tensors whose first dimension is rows; the same rows are drawn of each, so pairs stay pairs.
        draws: number of redrawn data sets.
    """
    rows = len(data_R[0])
    index_NR = torch.randint(rows, (draws, rows), generator=torch.Generator().manual_seed(seed))
    value = statistic(*(data[None].double() for data in data_R))
    redrawn_N = statistic(*(data.double()[index_NR] for data in data_R)).sort().values
    edge = int((1.0 - LEVEL) / 2 * draws)
    return Estimate(float(value[0]), float(redrawn_N[edge]), float(redrawn_N[draws - 1 - edge]))


def mean(values_NRP: Tensor) -> Tensor:
    """Mean over rows and places."""
    return values_NRP.flatten(1).mean(dim=1)


def correlation(first_NRP: Tensor, second_NRP: Tensor) -> Tensor:
    """Pearson's correlation over rows and places; 0 where one side is constant."""
    first, second = (x.flatten(1) - x.flatten(1).mean(dim=1, keepdim=True) for x in (first_NRP, second_NRP))
    spread = (first.square().sum(1) * second.square().sum(1)).sqrt()
    return torch.where(spread > 0, (first * second).sum(1) / spread.clamp_min(1e-30), 0.0)
