"""Intervals over rows: as wide as theory says, paired, and the same for a seed."""

import math

import torch

from agent_forge.evaluation.bootstrap import bootstrap, correlation, mean


def test_the_interval_of_a_mean_is_near_the_normal_one() -> None:
    data = torch.randn(400, 1, generator=torch.Generator().manual_seed(1))
    found = bootstrap(mean, data, draws=4000, seed=1)
    reach = 1.96 * float(data.std()) / math.sqrt(400)
    assert found.value == float(data.double().mean())
    assert abs(found.high - found.value - reach) < 0.1 * reach
    assert abs(found.value - found.low - reach) < 0.1 * reach


def test_rows_are_drawn_whole_so_that_places_of_a_row_do_not_count_as_independent() -> None:
    rows = torch.randn(50, 1, generator=torch.Generator().manual_seed(1)).expand(-1, 30)
    wide, single = (bootstrap(mean, data, draws=2000, seed=1) for data in (rows, rows[:, :1]))
    assert abs((wide.high - wide.low) - (single.high - single.low)) < 1e-6


def test_a_correlation_is_pearsons_and_pairs_stay_pairs() -> None:
    first = torch.randn(60, 4, generator=torch.Generator().manual_seed(1))
    second = 0.5 * first + torch.randn(60, 4, generator=torch.Generator().manual_seed(2))
    found = bootstrap(correlation, first, second, draws=500, seed=1)
    expected = float(torch.corrcoef(torch.stack([first.flatten(), second.flatten()]))[0, 1])
    assert abs(found.value - expected) < 1e-6
    assert found.low > 0.2
    assert bootstrap(correlation, first, torch.ones_like(first), draws=100, seed=1).high == 0.0


def test_the_same_seed_gives_the_same_interval() -> None:
    data = torch.randn(20, 3, generator=torch.Generator().manual_seed(1))
    assert bootstrap(mean, data, draws=200, seed=4) == bootstrap(mean, data, draws=200, seed=4)
    assert bootstrap(mean, data, draws=200, seed=4) != bootstrap(mean, data, draws=200, seed=5)
