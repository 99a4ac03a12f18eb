"""Does the filter know how wrong it is? Drawn motions and measurements, and the normalised error.

NEES, the estimation error squared in units of the track's own covariance, has 4 as its mean where the filter
is consistent (Bar-Shalom et al. 2001, section 5.4.2); above it the filter is overconfident.
"""

from dataclasses import dataclass

import numpy as np

from agent_forge.automotive.fusion.intersection import Estimate, added, intersected
from agent_forge.automotive.fusion.track import SENSORS, Matrix, Measurement, Sensor, Track, motion_over

STATES, CYCLE_S, AGILITY = 4, 0.1, 0.5
BEYOND = 1.959964  # standard deviations that leave 2.5 % on each side
START = np.diag([4.0, 4.0, 1.0, 1.0])


@dataclass(frozen=True)
class Consistency:
    """Over all cycles of all runs. `in_band` is the share of cycles whose mean NEES lies in the 95 % band."""

    nees: float
    low: float
    high: float
    in_band: float
    outliers: float  # share of measurements that the gate kept out
    position_m: float  # root mean square error


def consistency(runs: int, cycles: int, seed: int, noise: float = 1.0) -> Consistency:
    """Simulate.

    Args:
        noise: of the sensors, in units of what the filter believes; above 1 the filter is too sure.
    """
    rng = np.random.default_rng(seed)
    errors = np.empty((runs, cycles))
    squares, kept_out, seen = 0.0, 0, 0
    for run in range(runs):
        truth, track = begin(rng)
        for cycle in range(cycles):
            truth, measurements = drive(truth, cycle * CYCLE_S, rng, noise)
            track.cycle(measurements, (cycle + 1) * CYCLE_S)
            error = track.state - truth
            errors[run, cycle] = error @ np.linalg.solve(track.covariance, error)
            squares += float(error[:2] @ error[:2])
        kept_out += track.counters["outliers"]
        seen += sum(track.counters.values())
    means, (low, high) = errors.mean(axis=0), band(STATES * runs)
    low, high = low / runs, high / runs
    inside = float(((means >= low) & (means <= high)).mean())
    return Consistency(
        float(means.mean()), low, high, inside, kept_out / seen, (squares / (runs * cycles)) ** 0.5
    )


def begin(rng: np.random.Generator) -> tuple[np.ndarray, Track]:
    """A true state, and a track that is as wrong about it as it believes to be."""
    truth = np.array([0.0, 0.0, 15.0, 2.0])
    state = truth + rng.multivariate_normal(np.zeros(STATES), START)
    return truth, Track(state, START.copy(), 0.0, AGILITY)


def drive(
    truth: np.ndarray, at_s: float, rng: np.random.Generator, noise: float
) -> tuple[np.ndarray, list[Measurement]]:
    """Move for one cycle; the state at its end and what all sensors saw on the way, sensor by sensor."""
    times = {(at_s + step, name) for name, sensor in SENSORS.items() for step in _times(sensor, at_s)}
    seen: dict[tuple[str, float], Measurement] = {}
    here = at_s
    for when, name in sorted(times):
        truth, here = _moved(truth, when - here, rng), when
        sensor = SENSORS[name]
        drawn = rng.normal(size=2) * sensor.deviation * noise
        seen[name, when] = Measurement(sensor, when, sensor.view @ truth + drawn)
    truth = _moved(truth, at_s + CYCLE_S - here, rng)
    return truth, [seen[key] for key in sorted(seen)]


def correlated(seed: int) -> dict[str, float]:
    """Least eigenvalue of (claimed - true) covariance of two fusions of fully correlated errors.

    Both errors are linear in the same draw, so the true covariance of a fusion is known without sampling.
    Below 0 the fusion claims to know more than it does.
    """
    rng = np.random.default_rng(seed)
    roots = [rng.normal(size=(STATES, STATES)) for _ in range(2)]
    covariances = [root @ root.T + 0.1 * np.eye(STATES) for root in roots]
    lower = [np.asarray(np.linalg.cholesky(each), dtype=np.float64) for each in covariances]
    found = {}
    for name, fuse in (("intersected", intersected), ("added", added)):
        # Column by column: what the fusion makes of both errors when the common draw is a unit vector.
        pairs: list[tuple[Estimate, Estimate]] = [
            ((lower[0][:, place], covariances[0]), (lower[1][:, place], covariances[1]))
            for place in range(STATES)
        ]
        columns = np.stack([fuse(*pair)[0] for pair in pairs], axis=1)
        claimed = fuse(*pairs[0])[1]
        found[name] = least_eigenvalue(claimed - columns @ columns.T)
    return found


def least_eigenvalue(matrix: Matrix) -> float:
    """Of a symmetric matrix."""
    return float(np.linalg.eigvalsh((matrix + matrix.T) / 2)[0])


def band(freedom: int) -> tuple[float, float]:
    """Where a chi-square variable lies with 95 % (Wilson and Hilferty 1931, good above 30 degrees)."""
    part = 2.0 / (9.0 * freedom)
    low, high = (freedom * (1.0 - part + sign * BEYOND * part**0.5) ** 3 for sign in (-1.0, 1.0))
    return low, high


def _times(sensor: Sensor, at_s: float) -> list[float]:
    """When a sensor measures within the cycle, from its start on."""
    first, last = np.ceil(at_s * sensor.hz - 1e-9), np.ceil((at_s + CYCLE_S) * sensor.hz - 1e-9)
    return [max(0.0, place / sensor.hz - at_s) for place in range(int(first), int(last))]


def _moved(truth: np.ndarray, seconds: float, rng: np.random.Generator) -> np.ndarray:
    if seconds <= 0.0:
        return truth
    motion, noise = motion_over(seconds, AGILITY)
    return motion @ truth + np.linalg.cholesky(noise) @ rng.normal(size=STATES)
