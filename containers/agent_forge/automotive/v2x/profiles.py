"""What a decoded message holds: fields with their ranges, units and codes for "not available".

From SAE J2735 (core data of a basic safety message, over DSRC or C-V2X) and ETSI EN 302 637-2 (cooperative
awareness message). The ranges are as recalled, not read in the standards: compare them before use. Decoding
of ASN.1 happens in the stack below; what comes here is its JSON view, with numbers as they are coded.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Coded:
    """A whole number: its range, the size of one unit, and the code that says nothing is known."""

    low: int
    high: int
    unit: float = 1.0
    unavailable: int | None = None

    def holds(self, value: object) -> bool:
        """Whether it is a whole number of the range, or the code that nothing is known."""
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.low <= value <= self.high or value == self.unavailable

    def decoded(self, value: int) -> float | None:
        """In units of the world; None where nothing is known. A code never becomes a number."""
        return None if value == self.unavailable else value * self.unit


@dataclass(frozen=True)
class Profile:
    """One kind of message. `clock_ms` is where its time field starts again from 0."""

    name: str
    fields: Mapping[str, Coded]
    names: Mapping[str, str]  # our name -> the standard's
    sender: str
    time: str
    clock_ms: int
    counter: str | None
    nominal_hz: float


BSM = Profile(
    name="bsm",
    fields={
        "msgCnt": Coded(0, 127), "secMark": Coded(0, 65_534, 1.0, 65_535),
        "lat": Coded(-900_000_000, 900_000_000, 1e-7, 900_000_001),
        "long": Coded(-1_800_000_000, 1_800_000_000, 1e-7, 1_800_000_001),
        "elev": Coded(-4_095, 61_439, 0.1, -4_096), "speed": Coded(0, 8_190, 0.02, 8_191),
        "heading": Coded(0, 28_799, 0.0125, 28_800), "accelLong": Coded(-2_000, 2_000, 0.01, 2_001),
        "accelLat": Coded(-2_000, 2_000, 0.01, 2_001), "yaw": Coded(-32_767, 32_767, 0.01),
    },
    names={"latitude": "lat", "longitude": "long", "speed": "speed", "heading": "heading"},
    sender="id", time="secMark", clock_ms=60_000, counter="msgCnt", nominal_hz=10.0,
)  # fmt: skip

CAM = Profile(
    name="cam",
    fields={
        "generationDeltaTime": Coded(0, 65_535),
        "latitude": Coded(-900_000_000, 900_000_000, 1e-7, 900_000_001),
        "longitude": Coded(-1_800_000_000, 1_800_000_000, 1e-7, 1_800_000_001),
        "speed": Coded(0, 16_382, 0.01, 16_383), "heading": Coded(0, 3_600, 0.1, 3_601),
        "longitudinalAcceleration": Coded(-160, 160, 0.1, 161),
    },
    names={"latitude": "latitude", "longitude": "longitude", "speed": "speed", "heading": "heading"},
    sender="stationID", time="generationDeltaTime", clock_ms=65_536, counter=None, nominal_hz=10.0,
)  # fmt: skip

PROFILES = {"bsm": BSM, "cam": CAM}
