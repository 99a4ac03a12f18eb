"""The filter beside least squares, the gate, the order of times; consistency that a wrong filter lacks."""

import numpy as np
import pytest

from agent_forge.automotive.fusion.intersection import added, best_weight, intersected
from agent_forge.automotive.fusion.simulation import band, consistency, correlated, least_eigenvalue
from agent_forge.automotive.fusion.track import SENSORS, Measurement, Sensor, Track, motion_over
from agent_forge.errors import ForgeError

PLACE = Sensor("position", (0.5, 0.5), 10.0)


def fresh(agility: float = 0.5) -> Track:
    return Track(np.array([0.0, 0.0, 10.0, 0.0]), np.diag([4.0, 4.0, 1.0, 1.0]), 0.0, agility)


def seen(at_s: float, east: float, north: float = 0.0, sensor: Sensor = PLACE) -> Measurement:
    return Measurement(sensor, at_s, np.array([east, north]))


def test_without_disturbance_the_filter_is_weighted_least_squares() -> None:
    # given: five positions of a straight line, and what was believed before as a measurement of its own
    track, rng = fresh(agility=0.0), np.random.default_rng(1)
    places = [seen(0.1 * n, 1.0 * n + rng.normal() * 0.3, rng.normal() * 0.3) for n in range(1, 6)]
    rows, values, weights = [np.eye(4)], [track.state], [np.linalg.inv(track.covariance)]
    for each in places:
        rows.append(PLACE.view @ motion_over(each.at_s, 0.0)[0])
        values.append(each.values)
        weights.append(np.linalg.inv(PLACE.noise))
    information = sum(row.T @ weight @ row for row, weight in zip(rows, weights, strict=True))
    right = sum(row.T @ weight @ v for row, weight, v in zip(rows, weights, values, strict=True))
    # when
    track.cycle(places, 0.5)
    # then: the solution is the state at time 0
    motion = motion_over(0.5, 0.0)[0]
    assert track.state == pytest.approx(motion @ np.linalg.solve(information, right))
    assert track.covariance == pytest.approx(motion @ np.linalg.inv(information) @ motion.T)


def test_noise_of_motion_adds_up_over_time() -> None:
    half, whole = motion_over(0.25, 2.0), motion_over(0.5, 2.0)
    assert half[0] @ half[1] @ half[0].T + half[1] == pytest.approx(whole[1])


def test_measurements_are_aligned_in_time_whatever_order_they_come_in() -> None:
    measurements = [seen(0.02, 0.3), seen(0.08, 0.7), seen(0.05, 0.6, sensor=SENSORS["lidar"])]
    tracks = [fresh(), fresh()]
    tracks[0].cycle(measurements, 0.1)
    tracks[1].cycle(measurements[::-1], 0.1)
    assert tracks[0].state == pytest.approx(tracks[1].state)
    assert tracks[0].at_s == 0.1


@pytest.mark.parametrize(
    ("at_s", "east", "counter"),
    [(0.1, 11.0, "outliers"), (-0.1, 0.0, "late"), (0.1, float("nan"), "late"), (0.1, 2.0, "used")],
)
def test_what_is_late_or_far_off_is_counted_and_not_used(at_s: float, east: float, counter: str) -> None:
    track = fresh()
    assert track.update(seen(at_s, east)) == (counter == "used")
    assert track.counters == {**dict.fromkeys(("used", "outliers", "late"), 0), counter: 1}
    if counter == "late":
        assert track.state.tolist() == [0.0, 0.0, 10.0, 0.0]


def test_the_gate_keeps_out_one_measurement_in_a_hundred() -> None:
    rng, kept = np.random.default_rng(2), 0
    for _ in range(3000):
        track = fresh()
        east, north = rng.normal(size=2) * np.sqrt(4.0 + 0.25)
        kept += not track.update(seen(0.0, east, north))
    assert 0.005 < kept / 3000 < 0.016  # .01 and three standard errors


def test_a_track_is_not_predicted_into_the_past() -> None:
    with pytest.raises(ForgeError, match="cannot be predicted"):
        fresh().predict(-0.1)


def test_the_filter_knows_how_wrong_it_is() -> None:
    found = consistency(runs=40, cycles=20, seed=3)
    assert found.in_band >= 0.8
    assert found.nees == pytest.approx(4.0, abs=0.5)


def test_a_filter_that_believes_its_sensors_too_much_falls_out_of_the_band() -> None:
    found = consistency(runs=40, cycles=20, seed=3, noise=1.6)
    assert found.in_band <= 0.4
    assert found.nees > found.high


def test_the_band_is_that_of_the_printed_table() -> None:
    assert band(100) == pytest.approx((74.222, 129.561), rel=1e-4)


@pytest.mark.parametrize("seed", range(25))
def test_intersection_is_never_overconfident_under_full_correlation_where_adding_is(seed: int) -> None:
    found = correlated(seed)
    assert found["intersected"] >= -1e-9
    assert found["added"] < -1e-3


def test_the_weight_of_an_intersection_has_the_smallest_trace_of_all() -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        roots = [rng.normal(size=(3, 3)) for _ in range(2)]
        one, two = (root @ root.T + 0.05 * np.eye(3) for root in roots)
        traces = [
            np.trace(np.linalg.inv(w * np.linalg.inv(one) + (1 - w) * np.linalg.inv(two)))
            for w in np.linspace(0, 1, 1001)
        ]
        weight = best_weight(one, two)
        found = intersected((np.zeros(3), one), (np.zeros(3), two))[1]
        assert np.trace(found) <= min(traces) + 1e-9
        assert abs(weight - np.argmin(traces) / 1000) < 0.01


def test_estimates_with_independent_errors_are_added() -> None:
    state, covariance = added((np.array([1.0]), np.array([[1.0]])), (np.array([3.0]), np.array([[1.0]])))
    assert (state.tolist(), covariance.tolist()) == ([2.0], [[0.5]])
    assert least_eigenvalue(np.diag([3.0, -2.0])) == -2.0
