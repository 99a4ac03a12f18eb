"""The monitor's protocol: JSON lines, judged by a gate on the monitor's own clock.

In, one object per line: first `{"limits": {...}, "watchdogMs": n}`; then `{"begin": seq}` when the model is
asked, `{"result": seq, "values": [...], "score": x}` when it has answered, `{"counters": true}`, `{"reset":
true}`. Out: `{"ready": true}`; a verdict per `begin`, at the latest when its deadline passes, whether a
result came or not; counters; `{"watchdog": ms, "handOver": true}` once nothing has come for so long;
`{"refused": "..."}` for a line that makes no sense, which ends nothing.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from agent_forge.automotive.monitor.gate import Bound, Gate, Limits, Verdict

Answers = list[dict[str, Any]]
UNTIL_TOLD_S = 3600.0  # nothing is waited for before the limits are there


class Session:
    """One model under supervision; `clock` is monotonic, in milliseconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._gate: Gate | None = None
        self._watchdog_ms = 0.0
        self._open: tuple[int, float] | None = None  # sequence number and when it began
        self._heard = clock()
        self._silent = False
        self.refused = self.late = 0

    def take(self, line: str) -> Answers:
        """Answers to one line; never raises for what stands in it."""
        self._heard, self._silent = self._clock(), False
        try:
            return self._answer(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            self.refused += 1
            return [{"refused": f"{type(error).__name__}: {error}"[:200]}]

    def wait_s(self) -> float:
        """Seconds until `expire` has something to say, at least 0."""
        if self._gate is None:
            return UNTIL_TOLD_S
        now, ends = self._clock(), []
        if self._open is not None:
            ends.append(self._open[1] + self._gate.limits.deadline_ms)
        if not self._silent:
            ends.append(self._heard + self._watchdog_ms)
        return max(0.0, min(ends) - now) / 1e3 if ends else UNTIL_TOLD_S

    def expire(self) -> Answers:
        """What passed without a line: a deadline, or the watchdog's time."""
        if self._gate is None:
            return []
        now, answers = self._clock(), []
        if self._open is not None and now - self._open[1] > self._gate.limits.deadline_ms:
            answers.append(self._close(self._gate, None, None))
        if not self._silent and now - self._heard > self._watchdog_ms:
            self._silent = True
            answers.append({"watchdog": now - self._heard, "handOver": True})
        return answers

    def _answer(self, message: Mapping[str, Any]) -> Answers:
        if "limits" in message:
            limits, watchdog_ms = limits_of(message["limits"]), float(message["watchdogMs"])
            self._gate, self._watchdog_ms = Gate(limits), watchdog_ms
            return [{"ready": True}]
        if self._gate is None:
            raise ValueError("no limits yet; expected them in the first line")
        if "begin" in message:
            sequence = int(message["begin"])
            abandoned = [] if self._open is None else [self._close(self._gate, None, None)]
            self._open = sequence, self._clock()
            return abandoned
        if "result" in message:
            return self._result(self._gate, message)
        if "reset" in message:
            self._gate.reset()
            return [{"ready": True}]
        if "counters" in message:
            return [{"counters": {**self._gate.counters, "late": self.late, "refused": self.refused}}]
        raise ValueError(f"unknown line {sorted(message)}; expected begin, result, counters or reset")

    def _result(self, gate: Gate, message: Mapping[str, Any]) -> Answers:
        if self._open is None or int(message["result"]) != self._open[0]:
            self.late += 1
            return []
        values, score = tuple(map(float, message["values"])), message.get("score")
        return [self._close(gate, values, None if score is None else float(score))]

    def _close(self, gate: Gate, values: tuple[float, ...] | None, score: float | None) -> dict[str, Any]:
        assert self._open is not None
        (sequence, began), self._open = self._open, None
        now = self._clock()
        return {"seq": sequence, **spoken(gate.judge(now, now - began, values, score))}


def spoken(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the protocol has it."""
    return {
        "verdict": verdict.verdict, "source": verdict.source, "values": list(verdict.values),
        "handOver": verdict.hand_over, "reasons": list(verdict.reasons),
    }  # fmt: skip


def limits_of(document: Mapping[str, Any]) -> Limits:
    """Limits from JSON; all names are those of `Limits`.

    Raises:
        KeyError, TypeError, ValueError: a name is missing, or a value is no number.
    """
    bounds = tuple(
        Bound(**{name: float(value) for name, value in bound.items()}) for bound in document["bounds"]
    )
    return Limits(
        bounds=bounds, deadline_ms=float(document["deadline_ms"]), score_most=float(document["score_most"]),
        hold_ms=float(document["hold_ms"]), hand_over_after=int(document["hand_over_after"]),
    )  # fmt: skip


def written(limits: Limits) -> dict[str, Any]:
    """Limits as JSON, as `limits_of` reads them."""
    return asdict(limits)
