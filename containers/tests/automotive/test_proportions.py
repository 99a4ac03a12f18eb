"""Exact intervals against printed tables and closed forms."""

import math

import pytest

from agent_forge.automotive.proportions import proportion_interval


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(5, 10, 0.1871, 0.8129), (1, 10, 0.0025, 0.4450), (8, 10, 0.4439, 0.9748), (50, 100, 0.3983, 0.6017)],
)
def test_intervals_are_those_of_the_printed_table(hits: int, trials: int, low: float, high: float) -> None:
    assert proportion_interval(hits, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("trials", [1, 10, 1000, 100_000])
def test_no_failure_leaves_about_three_in_n_one_sided_and_the_closed_form_two_sided(trials: int) -> None:
    low, high = proportion_interval(0, trials)
    assert low == 0.0
    assert high == pytest.approx(1 - 0.025 ** (1 / trials), rel=1e-6)
    assert proportion_interval(0, trials, level=0.90)[1] <= 3.0 / trials
    assert proportion_interval(trials, trials) == pytest.approx((1 - high, 1.0), rel=1e-6)


@pytest.mark.parametrize(("hits", "trials"), [(3, 20), (40, 90), (700, 1000)])
def test_the_ends_leave_the_tails_that_they_promise(hits: int, trials: int) -> None:
    low, high = proportion_interval(hits, trials)

    def terms(p: float) -> list[float]:
        return [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(trials + 1)]

    assert sum(terms(low)[hits:]) == pytest.approx(0.025, rel=1e-6)
    assert sum(terms(high)[: hits + 1]) == pytest.approx(0.025, rel=1e-6)


def test_without_a_trial_nothing_is_known() -> None:
    assert proportion_interval(0, 0) == (0.0, 1.0)
