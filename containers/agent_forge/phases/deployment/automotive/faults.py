"""Faults of messages that are put in on purpose, and whether the validator finds each by its own rule."""

import json
import math

from agent_forge.automotive.v2x.profiles import BSM
from agent_forge.automotive.v2x.validator import RADIUS_M, Validator

START_MS, STEP_MS, TRIALS = 1_700_000_000_000, 100, 50
SPEED = 10.0  # m/s, north
UNITS_A_METRE = 1e7 * 180.0 / (math.pi * RADIUS_M)


def message_faults(seed: int) -> dict[str, tuple[int, int]]:
    """Fault -> how often it was refused by its rule, of how many; `plain` has no fault and is accepted."""
    found = {}
    for fault, rule in (("plain", None), ("stale", "stale"), ("duplicate", "duplicate"),
                        ("out_of_order", "out-of-order"), ("jump", "position")):  # fmt: skip
        hits = sum(_judged(fault, seed * TRIALS + trial) == rule for trial in range(TRIALS))
        found[fault] = hits, TRIALS
    return found


def _judged(fault: str, place: int) -> str | None:
    """The rule that the last of a sender's messages is refused by."""
    validator, at = Validator(), START_MS + place * 61
    for step in range(3):
        validator.take(message(at + step * STEP_MS, 20, step))
    last = at + 3 * STEP_MS
    match fault:
        case "stale":
            return validator.take(message(last + 700, 700, 3)).rule
        case "duplicate":
            return validator.take(message(last - 50, 70, 2)).rule
        case "out_of_order":
            return validator.take(message(last, 200, 2)).rule
        case "jump":
            return validator.take(message(last, 20, 3, jump_m=80.0)).rule
        case _:
            return validator.take(message(last, 20, 3)).rule


def message(received_ms: int, age_ms: int, step: int, jump_m: float = 0.0) -> str:
    """A basic safety message of a vehicle that drives north."""
    north = SPEED * step * STEP_MS / 1e3 + jump_m
    core = {
        "id": "00c0ffee", "msgCnt": step, "secMark": (received_ms - age_ms) % BSM.clock_ms,
        "lat": 480_000_000 + round(north * UNITS_A_METRE), "long": 110_000_000, "elev": 0,
        "speed": round(SPEED / 0.02), "heading": 0, "accelLong": 0, "accelLat": 0, "yaw": 0,
    }  # fmt: skip
    return json.dumps({"profile": "bsm", "receivedMs": received_ms, "verified": True, "core": core})
