"""A track: constant-velocity Kalman filter, measurements aligned in time, outliers kept out by a gate.

Bar-Shalom, Li, Kirubarajan 2001, "Estimation with Applications to Tracking and Navigation", sections 5.2 (the
filter) and 6.3.2 (discretised white-noise acceleration). State: east and north in metres, then both speeds in
m/s.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from agent_forge.errors import ForgeError

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
GATE = 9.21  # chi-square with 2 degrees of freedom at 99 %
COUNTED = ("used", "outliers", "late")


@dataclass(frozen=True)
class Sensor:
    """What a sensor measures and how well: standard deviations east and north, in m or m/s, and how often."""

    measures: Literal["position", "velocity"]
    deviation: tuple[float, float]
    hz: float

    @property
    def noise(self) -> Matrix:
        """Covariance of a measurement, (2, 2)."""
        return np.diag(np.square(self.deviation))

    @property
    def view(self) -> Matrix:
        """State -> measurement, (2, 4)."""
        place = 0 if self.measures == "position" else 2
        return np.eye(4)[place : place + 2]


# Round figures of a kind of sensor, not of a product; an inertial unit gives speed by dead reckoning.
SENSORS = {
    "camera": Sensor("position", (1.2, 0.6), 15.0),
    "radar": Sensor("position", (0.4, 1.0), 13.0),
    "lidar": Sensor("position", (0.15, 0.15), 10.0),
    "imu": Sensor("velocity", (0.3, 0.3), 50.0),
    "gps": Sensor("position", (1.5, 1.5), 5.0),
}


@dataclass(frozen=True)
class Measurement:
    """Two numbers of one sensor and when they were taken, in seconds of a clock that all sensors share."""

    sensor: Sensor
    at_s: float
    values: Vector


@dataclass
class Track:
    """One moving thing.

    Args:
        state: (4,).
        covariance: (4, 4).
        at_s: what time both are of.
        agility: power density of the acceleration, m2/s3.
    """

    state: Vector
    covariance: Matrix
    at_s: float
    agility: float
    gate: float = GATE
    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))

    def predict(self, at_s: float) -> None:
        """Move on to a later time.

        Raises:
            ForgeError(bug): the time is before the track's.
        """
        seconds = at_s - self.at_s
        if seconds < 0.0:
            raise ForgeError("bug", f"The track is at {self.at_s} s; it cannot be predicted to {at_s} s.")
        motion, noise = motion_over(seconds, self.agility)
        self.state = motion @ self.state
        self.covariance = motion @ self.covariance @ motion.T + noise
        self.at_s = at_s

    def update(self, measurement: Measurement) -> bool:
        """Predict to a measurement and take it in; False where it is late or an outlier, which is counted."""
        if measurement.at_s < self.at_s or not np.isfinite(measurement.values).all():
            self.counters["late"] += 1
            return False
        self.predict(measurement.at_s)
        view, noise = measurement.sensor.view, measurement.sensor.noise
        residual = measurement.values - view @ self.state
        spread = view @ self.covariance @ view.T + noise
        if float(residual @ np.linalg.solve(spread, residual)) > self.gate:
            self.counters["outliers"] += 1
            return False
        gain = np.linalg.solve(spread, view @ self.covariance).T
        self.state = self.state + gain @ residual
        # Joseph's form keeps the covariance symmetric and positive whatever is rounded.
        rest = np.eye(4) - gain @ view
        self.covariance = rest @ self.covariance @ rest.T + gain @ noise @ gain.T
        self.counters["used"] += 1
        return True

    def cycle(self, measurements: Iterable[Measurement], at_s: float) -> None:
        """Take in what came since the last cycle in the order of times, then predict to the common time."""
        for measurement in sorted(measurements, key=lambda each: each.at_s):
            if measurement.at_s <= at_s:
                self.update(measurement)
        self.predict(at_s)


def motion_over(seconds: float, agility: float) -> tuple[Matrix, Matrix]:
    """Transition and process noise of a constant velocity that white noise disturbs, both (4, 4)."""
    motion, eye = np.eye(4), np.eye(2)
    motion[:2, 2:] = seconds * eye
    cubic, square = seconds**3 / 3 * eye, seconds**2 / 2 * eye
    return motion, agility * np.block([[cubic, square], [square, seconds * eye]])
