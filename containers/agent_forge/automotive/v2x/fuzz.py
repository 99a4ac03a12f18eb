"""Random and broken messages for the validator, with an oracle of its own for what may never be accepted."""

import json
import random
from collections.abc import Iterator
from typing import Any

from agent_forge.automotive.v2x.message import Observation
from agent_forge.automotive.v2x.profiles import PROFILES, Profile
from agent_forge.automotive.v2x.validator import Validator

START_MS = 1_700_000_000_000
ODD: tuple[Any, ...] = (None, True, "", "0", -1, 0, 2**31, 2**63, 10**400, 1.5, float("nan"), float("inf"),
                        [], {}, [[]], "\ud800", {"a": {}}, "x" * 300)  # fmt: skip


def fuzz(cases: int, seed: int) -> dict[str, float]:
    """Show a validator `cases` messages, well-formed ones broken in random ways.

    Returns:
        `cases`, `crashes` (anything raised), `accepted`, `codes_as_values` (accepted messages of which a code
        for "not available" became a number) and `out_of_range` (accepted messages that say what none can).
    """
    validator = Validator()
    found = dict.fromkeys(("cases", "crashes", "accepted", "codes_as_values", "out_of_range"), 0)
    for text, core in broken(cases, random.Random(f"v2x-fuzz:{seed}")):
        found["cases"] += 1
        try:
            seen = validator.take(text).observation
        except Exception:
            found["crashes"] += 1
            continue
        if seen is not None:
            found["accepted"] += 1
            found["codes_as_values"] += _took_a_code(seen, core)
            found["out_of_range"] += _is_impossible(seen)
    return {name: float(value) for name, value in found.items()}


def broken(cases: int, rng: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Texts, each with the core that it was made of."""
    for case in range(cases):
        profile = rng.choice(list(PROFILES.values()))
        received = START_MS + case * 7
        core = plain(profile, rng, received)
        message: dict[str, Any] = {
            "profile": profile.name, "receivedMs": received, "verified": rng.random() < 0.97, "core": core,
        }  # fmt: skip
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 5))):
            _break(message, core, profile, rng)
        text = json.dumps(message)
        yield (text if rng.random() < 0.85 else _torn(text, rng)), core


def plain(profile: Profile, rng: random.Random, received_ms: int) -> dict[str, Any]:
    """A core that is well formed; about one number in ten is the code for "not available"."""
    core: dict[str, Any] = {
        name: coded.unavailable if coded.unavailable is not None and rng.random() < 0.1
        else rng.randint(coded.low, coded.high)
        for name, coded in profile.fields.items()
    }  # fmt: skip
    if rng.random() < 0.9:
        core[profile.time] = (received_ms - rng.randrange(400)) % profile.clock_ms
    sender = rng.randrange(4)
    core[profile.sender] = f"{sender:08x}" if profile.sender == "id" else sender
    return core


def _break(message: dict[str, Any], core: dict[str, Any], profile: Profile, rng: random.Random) -> None:
    target = rng.choice((message, core, core, core))
    name = rng.choice([*target, "other"])
    match rng.randrange(4):
        case 0:
            target.pop(name, None)
        case 1:
            target[name] = rng.choice(ODD)
        case 2 if name in profile.fields:
            coded = profile.fields[name]
            target[name] = rng.choice((coded.low - 1, coded.high + 1, coded.high + 2, -coded.high * 2))
        case _:
            target[name] = rng.randint(-(2**33), 2**33)


def _torn(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text))
    return rng.choice((text[:place], text[:place] + chr(rng.randrange(0x110000)) + text[place:], "[" * place))


def _took_a_code(seen: Observation, core: dict[str, Any]) -> bool:
    """Read from the raw message, not from what the validator made of it."""
    return any(
        core.get(theirs) == seen.profile.fields[theirs].unavailable and getattr(seen, ours) is not None
        for ours, theirs in seen.profile.names.items()
    )


def _is_impossible(seen: Observation) -> bool:
    """Bounds in units of the world, written apart from the profiles' codes."""
    bounds = {
        "latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0), "speed": (0.0, 163.83),
        "heading": (0.0, 360.0),
    }  # fmt: skip
    said = ((getattr(seen, name), low, high) for name, (low, high) in bounds.items())
    return any(value is not None and not low - 1e-6 <= value <= high + 1e-6 for value, low, high in said)
