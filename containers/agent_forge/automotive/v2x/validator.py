"""Whether a sender's messages fit together: age, order, rate, and movements that a vehicle can make.

A code for "not available" is no value: a rule that lacks one of its values is not applied, and the answer
says so. Messages that are refused change nothing of what is remembered of their sender, but its rate.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent_forge.automotive.v2x.message import Observation, RefusedError, read_message

RULES = ("form", "range", "unverified", "no-time", "stale", "ahead", "rate", "duplicate", "out-of-order",
         "position", "acceleration", "turn")  # fmt: skip
RADIUS_M = 6_371_008.8  # mean radius of the earth
MOST_SENDERS = 1_024


@dataclass(frozen=True, kw_only=True)
class Plausible:
    """What is believed of a sender."""

    most_age_ms: float = 500.0
    most_ahead_ms: float = 50.0  # by which clocks may differ
    position_sigma_m: float = 1.5
    position_slack_m: float = 2.0
    most_acceleration: float = 12.0  # m/s2
    most_lateral: float = 10.0  # m/s2
    rate_factor: float = 2.0  # times the nominal rate
    gap_s: float = 2.0  # after which a sender starts anew
    need_verified: bool = True


@dataclass(frozen=True)
class Judgement:
    """`rule` is why a message is refused, None where it is not; `unknown` are rules that lacked a value."""

    observation: Observation | None
    rule: str | None
    unknown: tuple[str, ...] = ()


@dataclass
class _Sender:
    arrivals: deque[float] = field(default_factory=deque)
    last: Observation | None = None


class Validator:
    """Judges messages in the order in which they arrive."""

    def __init__(self, plausible: Plausible | None = None) -> None:
        self.plausible = plausible or Plausible()
        self.counters = {"accepted": 0, **dict.fromkeys(RULES, 0)}
        self._senders: OrderedDict[str, _Sender] = OrderedDict()

    def take(self, text: str) -> Judgement:
        """Accept or refuse one message; never raises for what stands in it."""
        try:
            seen = read_message(text)
            unknown = self._judge(seen)
        except RefusedError as refusal:
            self.counters[refusal.rule] += 1
            return Judgement(None, refusal.rule)
        self.counters["accepted"] += 1
        return Judgement(seen, None, tuple(unknown))

    def _judge(self, seen: Observation) -> list[str]:
        limits, sender = self.plausible, self._sender_of(seen)
        if limits.need_verified and not seen.verified:
            raise RefusedError("unverified", "the stack below did not verify the signature")
        if seen.age_ms is None:
            raise RefusedError("no-time", "the message does not say when it was made")
        if seen.age_ms > limits.most_age_ms:
            raise RefusedError("stale", f"{seen.age_ms:.0f} ms old")
        if seen.age_ms < -limits.most_ahead_ms:
            raise RefusedError("ahead", f"{-seen.age_ms:.0f} ms ahead")
        if len(sender.arrivals) > limits.rate_factor * seen.profile.nominal_hz:
            raise RefusedError("rate", f"{len(sender.arrivals)} messages within a second")
        unknown: list[str] = []
        if sender.last is not None:
            unknown = self._compare(sender.last, seen)
        sender.last = seen
        return unknown

    def _sender_of(self, seen: Observation) -> _Sender:
        sender = self._senders.pop(seen.sender, None) or _Sender()
        self._senders[seen.sender] = sender
        if len(self._senders) > MOST_SENDERS:
            self._senders.popitem(last=False)
        sender.arrivals.append(seen.received_ms)
        # More than this cannot make a message more refused.
        while len(sender.arrivals) > 256 or abs(seen.received_ms - sender.arrivals[0]) >= 1000.0:
            sender.arrivals.popleft()
        return sender

    def _compare(self, before: Observation, seen: Observation) -> list[str]:
        seconds = (_made_ms(seen) - _made_ms(before)) / 1e3
        if seconds > self.plausible.gap_s:
            return []
        same = seen.counter is None or seen.counter == before.counter
        if seconds == 0.0 and same:
            raise RefusedError("duplicate", "the same message of this sender came before")
        if seconds <= 0.0:
            raise RefusedError("out-of-order", f"made {-seconds * 1e3:.0f} ms before the last one")
        checks = {"position": self._position, "acceleration": self._acceleration, "turn": self._turn}
        return [name for name, check in checks.items() if not check(before, seen, seconds)]

    def _position(self, before: Observation, seen: Observation, seconds: float) -> bool:
        speeds = _known(before.speed, seen.speed)
        places = _known(before.latitude, before.longitude, seen.latitude, seen.longitude)
        if speeds is None or places is None:
            return False
        moved, slack = (
            _metres(*places),
            3.0 * self.plausible.position_sigma_m + self.plausible.position_slack_m,
        )
        expected = sum(speeds) / 2 * seconds
        if abs(moved - expected) > slack:
            raise RefusedError(
                "position", f"moved {moved:.1f} m where {expected:.1f} m +- {slack:.1f} fit its speed"
            )
        return True

    def _acceleration(self, before: Observation, seen: Observation, seconds: float) -> bool:
        speeds = _known(before.speed, seen.speed)
        if speeds is None:
            return False
        found = abs(speeds[1] - speeds[0]) / seconds
        if found > self.plausible.most_acceleration:
            raise RefusedError("acceleration", f"{found:.1f} m/s2")
        return True

    def _turn(self, before: Observation, seen: Observation, seconds: float) -> bool:
        said = _known(before.heading, seen.heading, before.speed, seen.speed)
        if said is None:
            return False
        turned = math.radians(abs((said[1] - said[0] + 180.0) % 360.0 - 180.0))
        found = turned / seconds * (said[2] + said[3]) / 2
        if found > self.plausible.most_lateral:
            raise RefusedError("turn", f"{found:.1f} m/s2 to the side")
        return True


def rules(plausible: Plausible) -> Mapping[str, str]:
    """Every rule with what it asks for, as the evidence lists them."""
    slack = 3 * plausible.position_sigma_m + plausible.position_slack_m
    return {
        "form": "exactly the fields of the profile, as JSON", "range": "each number within its field's range",
        "unverified": "the stack below verified the signature; this program verifies none",
        "no-time": "the message says when it was made", "stale": f"at most {plausible.most_age_ms:g} ms old",
        "ahead": f"at most {plausible.most_ahead_ms:g} ms ahead of this clock",
        "rate": f"at most {plausible.rate_factor:g} times the nominal rate of its sender",
        "duplicate": "not the same time and counter as the last", "out-of-order": "made after the last",
        "position": f"moved by its speed, within {slack:g} m",
        "acceleration": f"at most {plausible.most_acceleration:g} m/s2",
        "turn": f"at most {plausible.most_lateral:g} m/s2 to the side",
    }  # fmt: skip


def _made_ms(seen: Observation) -> float:
    assert seen.age_ms is not None
    return seen.received_ms - seen.age_ms


def _known(*values: float | None) -> tuple[float, ...] | None:
    """All of them, or None where one is not known."""
    found = tuple(value for value in values if value is not None)
    return found if len(found) == len(values) else None


def _metres(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Distance of two near places on a sphere, east-west drawn together by the latitude."""
    east = math.radians((to_longitude - longitude + 180.0) % 360.0 - 180.0)
    east *= math.cos(math.radians((latitude + to_latitude) / 2))
    return RADIUS_M * math.hypot(math.radians(to_latitude - latitude), east)
