"""One message: from its JSON text to what it says, or to what is wrong with it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_forge.automotive.v2x.profiles import PROFILES, Profile

LONGEST = 4_096  # characters; a message of either profile has fewer than 400
_TEMPORARY_ID = re.compile(r"[0-9a-f]{8}")
_MOST_STATION = 2**32 - 1
_NEEDED = {"profile", "receivedMs", "verified", "core"}


@dataclass(frozen=True)
class Observation:
    """What a message says, in units of the world; None where the sender does not know.

    `age_ms` is on the receiver's clock, negative where the sender's runs ahead; None where the message has no
    time. `verified` is what the stack below found when it checked the signature.
    """

    profile: Profile
    sender: str
    counter: int | None
    received_ms: float
    age_ms: float | None
    latitude: float | None  # degrees
    longitude: float | None
    speed: float | None  # m/s
    heading: float | None  # degrees, clockwise from north
    verified: bool


class RefusedError(Exception):
    """A message that is not used; `rule` names why."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(f"{rule}: {detail}")
        self.rule = rule


def read_message(text: str) -> Observation:
    """What a message says.

    Args:
        text: `{"profile": "bsm" | "cam", "receivedMs": n, "verified": true | false, "core": {...}}`, where
            `core` has every field of the profile and its sender.

    Raises:
        RefusedError: by the rules `form` (no such message) and `range` (a number that its field cannot have).
    """
    if len(text) > LONGEST:
        raise RefusedError("form", f"{len(text)} characters; expected at most {LONGEST}")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusedError("form", f"not JSON: {type(error).__name__}") from error
    if not isinstance(message, dict) or set(message) != _NEEDED:
        raise RefusedError("form", f"expected exactly {', '.join(sorted(_NEEDED))}")
    profile = PROFILES.get(message["profile"]) if isinstance(message["profile"], str) else None
    core, received, verified = message["core"], message["receivedMs"], message["verified"]
    if profile is None or not isinstance(core, dict) or not isinstance(verified, bool):
        raise RefusedError(
            "form", "unknown profile, core is no object, or verified is neither true nor false"
        )
    if not _is_time(received):
        raise RefusedError("range", "receivedMs is no time")
    return _observed(profile, core, float(received), verified)


def _observed(profile: Profile, core: Mapping[str, Any], received_ms: float, verified: bool) -> Observation:
    if set(core) != {*profile.fields, profile.sender}:
        raise RefusedError(
            "form", f"{profile.name} has {', '.join(sorted([*profile.fields, profile.sender]))}"
        )
    for name, coded in profile.fields.items():
        if not coded.holds(core[name]):
            raise RefusedError("range", f"{name} is outside {coded.low}..{coded.high}")
    said = {ours: profile.fields[name].decoded(core[name]) for ours, name in profile.names.items()}
    return Observation(
        profile, _sender(profile, core[profile.sender]), core[profile.counter] if profile.counter else None,
        received_ms, _age(profile, core[profile.time], received_ms), verified=verified, **said,
    )  # fmt: skip


def _sender(profile: Profile, value: object) -> str:
    if profile.sender == "id":
        fits = isinstance(value, str) and _TEMPORARY_ID.fullmatch(value) is not None
    else:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_STATION
    if not fits:
        raise RefusedError("range", f"{profile.sender} is no sender")
    return f"{profile.name}:{value}"


def _age(profile: Profile, coded: int, received_ms: float) -> float | None:
    """The time field starts again every minute or so: of the two nearest times the nearer one is meant."""
    sent = profile.fields[profile.time].decoded(coded)
    if sent is None:
        return None
    age = math.fmod(received_ms - sent, profile.clock_ms)
    age += profile.clock_ms if age < 0 else 0
    return age - profile.clock_ms if age > profile.clock_ms / 2 else age


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value <= 2**53
