"""The gate limits, rejects and answers in a model's place exactly as its limits say."""

import math

import pytest

from agent_forge.automotive.monitor.gate import Bound, Gate, Limits

SPEED = Bound(low=0.0, high=50.0, rate=10.0, default=1.0)
LIMITS = Limits(bounds=(SPEED,), deadline_ms=10.0, score_most=3.0, hold_ms=100.0, hand_over_after=3)


def test_what_keeps_all_limits_is_let_through_unchanged() -> None:
    gate = Gate(LIMITS)
    found = gate.judge(0.0, 10.0, [20.0], 3.0)
    assert (found.verdict, found.source, found.values, found.hand_over) == (
        "accepted",
        "model",
        (20.0,),
        False,
    )
    assert {name: n for name, n in gate.counters.items() if n} == {"accepted": 1}


@pytest.mark.parametrize(("said", "limited"), [(-1.0, 0.0), (51.0, 50.0)])
def test_a_value_beyond_its_range_is_drawn_to_the_nearer_end(said: float, limited: float) -> None:
    found = Gate(LIMITS).judge(0.0, 1.0, [said], 0.0)
    assert (found.verdict, found.values, found.reasons) == ("limited", (limited,), ("range",))


@pytest.mark.parametrize(("said", "limited"), [(40.0, 25.0), (0.0, 15.0)])
def test_a_value_changes_by_no_more_than_its_rate_since_the_last_one(said: float, limited: float) -> None:
    gate = Gate(LIMITS)
    gate.judge(0.0, 1.0, [20.0], 0.0)
    found = gate.judge(500.0, 1.0, [said], 0.0)
    assert (found.verdict, found.values, found.reasons) == ("limited", (limited,), ("rate",))


def test_a_clock_that_is_set_back_allows_no_change_at_all() -> None:
    gate = Gate(LIMITS)
    gate.judge(1000.0, 1.0, [20.0], 0.0)
    assert gate.judge(0.0, 1.0, [30.0], 0.0).values == (20.0,)


@pytest.mark.parametrize(
    ("elapsed", "values", "score", "reason"),
    [
        (10.1, [20.0], 0.0, "deadline"),
        (1.0, None, 0.0, "deadline"),
        (1.0, [], 0.0, "invalid"),
        (1.0, [20.0, 1.0], 0.0, "invalid"),
        (1.0, [math.nan], 0.0, "invalid"),
        (1.0, [math.inf], 0.0, "invalid"),
        (1.0, [20.0], 3.1, "ood"),
        (1.0, [20.0], math.nan, "ood"),
        (1.0, [20.0], None, "ood"),
    ],
)
def test_what_is_late_malformed_or_strange_is_not_used(
    elapsed: float, values: list[float] | None, score: float | None, reason: str
) -> None:
    found = Gate(LIMITS).judge(0.0, elapsed, values, score)
    assert (found.verdict, found.source, found.values, found.reasons) == (
        "rejected", "default", (1.0,), (reason,),
    )  # fmt: skip


def test_the_last_valid_values_stand_in_for_as_long_as_they_hold_and_then_the_default() -> None:
    gate = Gate(LIMITS)
    gate.judge(0.0, 1.0, [20.0], 0.0)
    held, default = gate.judge(100.0, 1.0, None, None), gate.judge(100.1, 1.0, None, None)
    assert (held.source, held.values) == ("last-valid", (20.0,))
    assert (default.source, default.values) == ("default", (1.0,))


def test_after_three_rejections_in_a_row_it_asks_to_be_taken_over_from_until_it_is_reset() -> None:
    gate = Gate(LIMITS)
    asked = [gate.judge(float(at), 1.0, None, None).hand_over for at in range(3)]
    assert asked == [False, False, True]
    assert gate.judge(3.0, 1.0, [1.0], 0.0).hand_over  # a good result alone takes nothing back
    gate.reset()
    assert not gate.judge(4.0, 1.0, [1.0], 0.0).hand_over


def test_a_result_that_is_let_through_starts_the_count_of_rejections_again() -> None:
    gate = Gate(LIMITS)
    for values in (None, None, [1.0], None, None):
        assert not gate.judge(0.0, 1.0, values, 0.0).hand_over
    assert gate.counters["rejected"] == gate.counters["deadline"] == 4
    assert gate.counters["last-valid"] == gate.counters["default"] == 2
