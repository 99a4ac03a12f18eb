"""Intervals against the tables of Student's distribution, and rank correlation by hand."""

import math
import random

import pytest

from agent_forge.experiments.intervals import paired_interval, spearman, student_quantile


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (9, 2.26216), (30, 2.04227)],
)
def test_quantiles_are_those_of_the_printed_table(freedom: int, quantile: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(quantile, rel=1e-5)


def test_the_interval_of_three_differences_is_the_one_worked_out_by_hand() -> None:
    interval = paired_interval([0.90, 0.94, 0.92])
    reach = 4.30265 * 0.02 / math.sqrt(3)
    assert interval.mean == pytest.approx(0.92)
    assert (interval.low, interval.high) == (pytest.approx(0.92 - reach), pytest.approx(0.92 + reach))


@pytest.mark.parametrize("differences", [[0.5], [0.5, 0.7]])
def test_fewer_than_three_differences_have_a_mean_and_no_interval(differences: list[float]) -> None:
    interval = paired_interval(differences)
    assert interval.mean == pytest.approx(sum(differences) / len(differences))
    assert (interval.low, interval.high) == (None, None)


def test_equal_differences_have_an_interval_of_no_width() -> None:
    interval = paired_interval([0.25, 0.25, 0.25])
    assert (interval.low, interval.high) == (0.25, 0.25)


def test_the_interval_holds_the_true_mean_in_about_95_of_100_cases() -> None:
    # given
    rng = random.Random(3)
    held = 0
    # when
    for _ in range(60):
        interval = paired_interval([rng.gauss(1.0, 0.3) for _ in range(3)])
        assert interval.low is not None
        assert interval.high is not None
        held += interval.low <= 1.0 <= interval.high
    # then: two standard errors around 57
    assert 54 <= held <= 60


@pytest.mark.parametrize(
    ("values", "correlation"),
    [
        ([1.0, 2.0, 3.0, 4.0], 1.0),
        ([4.0, 3.0, 2.0, 1.0], -1.0),
        ([1.0, 3.0, 2.0, 4.0], 0.8),
        ([2.0, 2.0, 2.0, 2.0], 0.0),
        ([1.0, 2.0, 2.0, 3.0], 3 / math.sqrt(10)),
    ],
)
def test_rank_correlation_counts_order_and_shares_ties(values: list[float], correlation: float) -> None:
    assert spearman(range(4), values) == pytest.approx(correlation)
