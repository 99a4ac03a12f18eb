"""Messages are taken for what they say and no more; what cannot be, or comes too often, is refused."""

import json
from typing import Any

import pytest

from agent_forge.automotive.v2x.fuzz import fuzz
from agent_forge.automotive.v2x.message import RefusedError, read_message
from agent_forge.automotive.v2x.profiles import BSM, CAM, PROFILES
from agent_forge.automotive.v2x.validator import MOST_SENDERS, RULES, Plausible, Validator, rules

NOW = 1_700_000_000_000
# Metres of one unit of latitude, on a sphere of 6,371,008.8 m.
METRES = 6_371_008.8 * 3.141592653589793 / 180 * 1e-7


def bsm(at: int = NOW, age: int = 50, core: dict[str, Any] | None = None, **outer: Any) -> str:
    fields = {
        "id": "0000abcd", "msgCnt": 5, "secMark": (at - age) % 60_000, "lat": 480_000_000,
        "long": 110_000_000, "elev": 500, "speed": 500, "heading": 0, "accelLong": 0, "accelLat": 0, "yaw": 0,
    }  # fmt: skip
    document = {"profile": "bsm", "receivedMs": at, "verified": True, "core": {**fields, **(core or {})}}
    return json.dumps({**document, **outer})


def cam(at: int = NOW, age: int = 50, **core: Any) -> str:
    fields = {
        "stationID": 77, "generationDeltaTime": (at - age) % 65_536, "latitude": 480_000_000,
        "longitude": 110_000_000, "speed": 1000, "heading": 900, "longitudinalAcceleration": 3,
    }  # fmt: skip
    return json.dumps({"profile": "cam", "receivedMs": at, "verified": True, "core": {**fields, **core}})


def moved(metres: float) -> int:
    return 480_000_000 + round(metres / METRES)


def refused_by(*texts: str, **plausible: Any) -> list[str | None]:
    validator = Validator(Plausible(**plausible))
    return [validator.take(text).rule for text in texts]


def test_both_profiles_are_read_in_units_of_the_world() -> None:
    one, two = read_message(bsm()), read_message(cam())
    assert (one.latitude, one.longitude, one.speed, one.heading) == pytest.approx((48.0, 11.0, 10.0, 0.0))
    assert (two.latitude, two.longitude, two.speed, two.heading) == pytest.approx((48.0, 11.0, 10.0, 90.0))
    assert (one.sender, two.sender, one.counter, two.counter) == ("bsm:0000abcd", "cam:77", 5, None)
    assert one.age_ms == two.age_ms == 50.0


@pytest.mark.parametrize(
    ("field", "code", "name"),
    [("lat", 900_000_001, "latitude"), ("long", 1_800_000_001, "longitude"), ("speed", 8_191, "speed"),
     ("heading", 28_800, "heading")],
)  # fmt: skip
def test_a_code_for_not_available_is_no_value(field: str, code: int, name: str) -> None:
    assert getattr(read_message(bsm(core={field: code})), name) is None
    # A parked car and one that does not know its speed are not the same.
    assert read_message(bsm(core={"speed": 0})).speed == 0.0


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_field_takes_the_ends_of_its_range_and_nothing_beyond(profile: str) -> None:
    make = {"bsm": lambda **core: bsm(core=core), "cam": cam}[profile]
    for name, coded in PROFILES[profile].fields.items():
        for value in (coded.low, coded.high, coded.unavailable):
            if value is not None:
                read_message(make(**{name: value}))
        beyond = {coded.low - 1, coded.high + 1, coded.high + 2} - {coded.unavailable}
        for value in (*beyond, None, 1.5, "1", True, [], 10**400):
            with pytest.raises(RefusedError, match="range"):
                read_message(make(**{name: value}))


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", "[" * 4000, "x" * 5000, bsm(extra=1), bsm(profile="denm"), bsm(profile=[]),
     bsm(verified=1), bsm(core={"lon": 3}), bsm(core={}).replace('"elev": 500, ', "")],
)  # fmt: skip
def test_what_is_no_message_is_refused_by_its_form(text: str) -> None:
    assert refused_by(text) == ["form"]


@pytest.mark.parametrize(
    "text",
    [bsm(core={"id": "xyz"}), bsm(core={"id": "0000abcd\n"}), bsm(core={"id": 3}), cam(stationID=-1),
     cam(stationID=2**32), cam(stationID=True), bsm(receivedMs=-1), bsm(receivedMs="1"),
     bsm(receivedMs=1e300)],
)  # fmt: skip
def test_senders_and_times_have_ranges_too(text: str) -> None:
    assert refused_by(text) == ["range"]


@pytest.mark.parametrize(
    ("age", "rule"), [(500, None), (501, "stale"), (0, None), (-50, None), (-51, "ahead"), (29_000, "stale")]
)
@pytest.mark.parametrize("at", [NOW, NOW - NOW % 60_000 + 5])
def test_age_is_told_across_the_turn_of_the_minute(age: int, rule: str | None, at: int) -> None:
    assert refused_by(bsm(at=at, age=age)) == refused_by(cam(at=at, age=age)) == [rule]


def test_a_message_without_a_time_or_a_verified_signature_is_not_used() -> None:
    assert refused_by(bsm(core={"secMark": 65_535})) == ["no-time"]
    assert refused_by(bsm(verified=False)) == ["unverified"]
    assert refused_by(bsm(verified=False), need_verified=False) == [None]


def test_the_same_message_again_is_a_duplicate_and_an_older_one_out_of_order() -> None:
    later = bsm(at=NOW + 100, core={"lat": moved(1.0)})
    assert refused_by(bsm(), bsm(at=NOW + 20, age=70), later, bsm(at=NOW + 110, age=160)) == [
        None, "duplicate", None, "out-of-order",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metres", "rule"), [(1.0, None), (7.4, None), (7.6, "position"), (-20.0, "position")]
)
def test_a_sender_moves_as_far_as_its_speed_takes_it(metres: float, rule: str | None) -> None:
    # 10 m/s for .1 s is 1 m; three deviations of 1.5 m and 2 m of slack are 6.5 m
    assert refused_by(bsm(), bsm(at=NOW + 100, core={"lat": moved(metres)})) == [None, rule]


@pytest.mark.parametrize(
    ("speed", "rule"), [(500 + 59, None), (500 + 61, "acceleration"), (0, "acceleration")]
)
def test_a_sender_does_not_speed_up_beyond_what_vehicles_can(speed: int, rule: str | None) -> None:
    assert refused_by(bsm(), bsm(at=NOW + 100, core={"speed": speed, "lat": moved(1.0)})) == [None, rule]


@pytest.mark.parametrize(("heading", "rule"), [(440, None), (480, "turn"), (28_800 - 440, None)])
def test_a_sender_does_not_turn_harder_than_tyres_hold(heading: int, rule: str | None) -> None:
    # at 10 m/s, 1 rad/s is 10 m/s2: 5.73 degrees in .1 s; also across north
    core = {"heading": heading, "lat": moved(1.0)}
    assert refused_by(bsm(), bsm(at=NOW + 100, core=core)) == [None, rule]


def test_a_rule_that_lacks_a_value_is_not_applied_and_said_to_be_unknown() -> None:
    validator = Validator()
    validator.take(bsm())
    found = validator.take(bsm(at=NOW + 100, core={"speed": 8_191, "lat": moved(500.0)}))
    assert (found.rule, found.unknown) == (None, ("position", "acceleration", "turn"))


def test_a_sender_has_twice_its_nominal_rate_and_others_are_not_counted_with_it() -> None:
    validator = Validator()
    said = [validator.take(bsm(at=NOW + 40 * n, core={"lat": moved(0.4 * n)})).rule for n in range(30)]
    assert said[:20] == [None] * 20
    assert set(said[20:]) == {"rate"}
    assert validator.take(bsm(at=NOW + 1200, core={"id": "00000001"})).rule is None


def test_a_refused_message_moves_nothing_and_after_a_gap_a_sender_starts_anew() -> None:
    jump = {"lat": moved(900.0)}
    texts = [bsm(), bsm(at=NOW + 100, core=jump), bsm(at=NOW + 200, core={"lat": moved(2.0)})]
    assert refused_by(*texts, bsm(at=NOW + 2300, core=jump)) == [None, "position", None, None]


def test_only_so_many_senders_are_remembered() -> None:
    validator = Validator()
    for sender in range(MOST_SENDERS + 5):
        assert validator.take(cam(stationID=sender)).rule is None
    assert validator.take(cam(stationID=0)).rule is None  # forgotten, so no duplicate
    assert validator.take(cam(stationID=MOST_SENDERS)).rule == "duplicate"


def test_every_rule_is_counted_and_explained() -> None:
    validator = Validator()
    validator.take("")
    validator.take(cam())
    assert {name: count for name, count in validator.counters.items() if count} == {"accepted": 1, "form": 1}
    assert tuple(rules(Plausible())) == RULES


def test_broken_messages_never_raise_and_no_code_becomes_a_value() -> None:
    found = fuzz(4_000, 11)
    assert found["cases"] == 4_000
    assert (found["crashes"], found["codes_as_values"], found["out_of_range"]) == (0, 0, 0)
    assert 100 < found["accepted"] < 3_000  # both ways are taken


def test_the_fuzz_notices_a_validator_that_crashes_or_takes_codes_for_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(type(BSM.fields["lat"]), "decoded", lambda coded, value: value * coded.unit)
    assert fuzz(2_000, 11)["codes_as_values"] > 0
    monkeypatch.setattr(type(CAM.fields["speed"]), "decoded", lambda coded, value: 1 / (value % 3))
    assert fuzz(2_000, 11)["crashes"] > 0
