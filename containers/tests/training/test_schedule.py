"""Learning rate and ponder weight over the whole training."""

import pytest

from agent_forge.training.schedule import Schedule, ponder_weight


def test_the_rate_warms_up_in_a_line_peaks_and_ends_near_its_floor() -> None:
    schedule = Schedule(peak=0.01, steps=100, warmup=10, floor=0.1)
    assert [schedule.rate(s) for s in (0, 4, 9)] == pytest.approx([0.001, 0.005, 0.01])
    assert schedule.rate(10) == pytest.approx(0.01)
    assert schedule.rate(55) == pytest.approx(0.0055)
    assert schedule.rate(100) == pytest.approx(0.001)
    rates = [schedule.rate(s) for s in range(10, 101)]
    assert rates == sorted(rates, reverse=True)


def test_no_warm_up_begins_at_the_peak() -> None:
    assert Schedule(0.01, 10, 0, 0.0).rate(0) == pytest.approx(0.01)


def test_pondering_is_nearly_free_for_three_fifths_and_then_rises_to_the_full_cost() -> None:
    weights = [ponder_weight(0.02, step, 100) for step in range(100)]
    assert weights[:60] == pytest.approx([0.0005] * 60)
    assert weights == sorted(weights)
    assert weights[60] > weights[59]
    assert weights[-1] == pytest.approx(0.02)
