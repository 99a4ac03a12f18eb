"""What the monitor lets through, by range, rate, deadline and strangeness, and what it says instead.

Standard library only, no state but what stands in `Gate.__init__`, and a test that takes every branch: it is
meant to be reviewed line by line.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

ACCEPTED, LIMITED, REJECTED = "accepted", "limited", "rejected"
MODEL, LAST_VALID, DEFAULT = "model", "last-valid", "default"
COUNTED = ("accepted", "limited", "rejected", "deadline", "invalid", "ood", "range", "rate", "last-valid",
           "default", "hand-over")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Bound:
    """Limits of one value: its range, its largest change per second, and what is said without a result."""

    low: float
    high: float
    rate: float
    default: float


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of all values of one model, and when its answers are not used."""

    bounds: tuple[Bound, ...]
    deadline_ms: float
    score_most: float  # largest strangeness that is let through
    hold_ms: float  # how long the last valid values stand in
    hand_over_after: int  # rejections in a row after which the monitor asks to be taken over from


@dataclass(frozen=True)
class Verdict:
    """What may be used instead of what the model said, and why."""

    verdict: str
    source: str
    values: tuple[float, ...]
    hand_over: bool
    reasons: tuple[str, ...] = field(default=())


class Gate:
    """Judges the results of one model in the order of their times."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.counters = dict.fromkeys(COUNTED, 0)
        self._last: tuple[float, tuple[float, ...]] | None = None  # time and values that were let through
        self._rejected_in_a_row = 0
        self._hand_over = False

    def judge(
        self, at_ms: float, elapsed_ms: float, values: Sequence[float] | None, score: float | None
    ) -> Verdict:
        """Let a result through, limit it, or answer in its place.

        Args:
            at_ms: now, on the monitor's own clock.
            elapsed_ms: since the model was asked, on the same clock.
            values: one per bound; None where no result came.
            score: strangeness of the input; None where it is unknown, which is no reason to trust it.
        """
        if elapsed_ms > self.limits.deadline_ms or values is None:
            return self._instead(at_ms, "deadline")
        if len(values) != len(self.limits.bounds) or not all(math.isfinite(value) for value in values):
            return self._instead(at_ms, "invalid")
        if score is None or not score <= self.limits.score_most:
            return self._instead(at_ms, "ood")
        return self._limit(at_ms, tuple(values))

    def reset(self) -> None:
        """Take back a hand-over, by whoever took over."""
        self._hand_over, self._rejected_in_a_row = False, 0

    def _limit(self, at_ms: float, values: tuple[float, ...]) -> Verdict:
        reasons = []
        pairs = list(zip(self.limits.bounds, values, strict=True))
        limited = tuple(min(max(value, bound.low), bound.high) for bound, value in pairs)
        if limited != values:
            reasons.append("range")
        if self._last is not None:
            seconds = max(0.0, at_ms - self._last[0]) / 1e3
            within = tuple(
                min(max(value, before - bound.rate * seconds), before + bound.rate * seconds)
                for bound, value, before in zip(self.limits.bounds, limited, self._last[1], strict=True)
            )
            if within != limited:
                reasons.append("rate")
            limited = within
        self._last, self._rejected_in_a_row = (at_ms, limited), 0
        return self._counted(LIMITED if reasons else ACCEPTED, MODEL, limited, reasons)

    def _instead(self, at_ms: float, reason: str) -> Verdict:
        self._rejected_in_a_row += 1
        if self._rejected_in_a_row >= self.limits.hand_over_after:
            self._hand_over = True
        if self._last is not None and at_ms - self._last[0] <= self.limits.hold_ms:
            return self._counted(REJECTED, LAST_VALID, self._last[1], [reason])
        return self._counted(REJECTED, DEFAULT, tuple(b.default for b in self.limits.bounds), [reason])

    def _counted(
        self, verdict: str, source: str, values: tuple[float, ...], reasons: Sequence[str]
    ) -> Verdict:
        for name in {verdict, source, *reasons, *(["hand-over"] if self._hand_over else [])} - {MODEL}:
            self.counters[name] += 1
        return Verdict(verdict, source, values, self._hand_over, tuple(reasons))
