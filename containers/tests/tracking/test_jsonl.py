"""Metric records, the training curve and progress."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent_forge.contracts import validate
from agent_forge.errors import ForgeError
from agent_forge.identity import JobIdentity
from agent_forge.tracking.jsonl import JsonlTracker
from agent_forge.tracking.progress import ProgressMeter
from tests.support.job_room import RUN_ID

IDENTITY = JobIdentity(RUN_ID, f"{RUN_ID}-1", "cognate", "variants", 2, "job:2", 3)


class Desk:
    """A tracker whose events are kept in a list and whose clock is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.now = 0.0
        meter = ProgressMeter(interval_seconds=1.0, clock=lambda: self.now)
        emit = lambda kind, data: self.events.append((kind, data))  # noqa: E731
        self.tracker = JsonlTracker(IDENTITY, emit, folder / "metrics.jsonl", meter)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A tracker on its own."""
    return Desk(tmp_path)


def test_a_record_fits_the_schema_and_its_id_names_job_attempt_and_step(desk: Desk) -> None:
    # when
    desk.tracker.record(
        "memory/bits_per_byte", 1.5, "bits/byte", source="here", step=7, model="memory", split="heldout"
    )
    # then
    (record,) = desk.tracker.records()
    validate(record, "metric-record", kind="bug", where="the record")
    assert record["id"] == f"{RUN_ID}/cognate/variants/2/{IDENTITY.job_id}/3/memory/bits_per_byte@7"
    assert (record["value"], record["index"], record["model"], record["split"]) == (
        1.5,
        2,
        "memory",
        "heldout",
    )


def test_recording_the_same_name_and_step_twice_is_a_bug_that_names_both_sources(desk: Desk) -> None:
    desk.tracker.record("a/b", 1, "1", source="first")
    desk.tracker.record("a/b", 2, "1", source="other step is another record", step=0)
    with pytest.raises(ForgeError, match=r"recorded twice .1.0 by first, then 3 by second") as caught:
        desk.tracker.record("a/b", 3, "1", source="second")
    assert caught.value.kind == "bug"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_left_the_finite_numbers_is_refused_by_name(desk: Desk, value: float) -> None:
    with pytest.raises(ForgeError, match="loss is") as caught:
        desk.tracker.training(3, {"loss": value})
    assert caught.value.kind == "numeric"
    with pytest.raises(ForgeError, match="a/loss is"):
        desk.tracker.record("a/loss", value, "nats", source="here")
    assert desk.tracker.records() == []
    assert desk.tracker.curve_text() == ""


def test_the_training_curve_stands_in_the_file_and_in_the_events(desk: Desk) -> None:
    # when
    for step in range(3):
        desk.tracker.training(step, {"loss": 3.0 - step})
    # then
    lines = [json.loads(line) for line in desk.tracker.curve_text().splitlines()]
    assert [(line["step"], line["loss"]) for line in lines] == [(0, 3.0), (1, 2.0), (2, 1.0)]
    assert [data["loss"] for kind, data in desk.events if kind == "training_metrics"] == [3.0, 2.0, 1.0]
    assert desk.events[0][1] == {"step": 0, "loss": 3.0}


def test_progress_is_said_at_most_once_a_second_and_always_at_the_end(desk: Desk) -> None:
    # when a hundred steps take 0.1 s each
    for step in range(101):
        desk.now = step / 10
        desk.tracker.progress(step, 100, "training")
    # then one line per second, with the time that is left
    said = [data for _, data in desk.events]
    assert [data["step"] for data in said] == list(range(0, 101, 10))
    assert [data["etaSeconds"] for data in said] == [None, *(10.0 - second for second in range(1, 11))]
    assert said[5]["fraction"] == 0.5


def test_the_eta_counts_from_the_first_step_of_a_resumed_loop(desk: Desk) -> None:
    # given a job that resumes at step 80 of 100
    desk.tracker.progress(80, 100, "training")
    # when ten steps take five seconds
    desk.now = 5.0
    desk.tracker.progress(90, 100, "training")
    # then the last ten will take five more
    assert desk.events[-1][1]["etaSeconds"] == 5.0


def test_after_a_roll_back_the_same_attempt_may_measure_again(desk: Desk) -> None:
    # given a measurement after the checkpoint that the job goes back to
    desk.tracker.record("a/b", 1, "1", source="here")
    # when
    desk.tracker.restore([], "")
    desk.tracker.record("a/b", 2, "1", source="here")
    # then
    assert [record["value"] for record in desk.tracker.records()] == [2.0]


def test_a_restored_tracker_has_the_earlier_records_and_may_measure_them_again(
    desk: Desk, tmp_path: Path
) -> None:
    # given what an attempt had measured
    desk.tracker.record("a/b", 1, "1", source="first")
    desk.tracker.training(0, {"loss": 1.0})
    records, curve = desk.tracker.records(), desk.tracker.curve_text()
    # when the next attempt restores it and measures one again
    (tmp_path / "next").mkdir()
    resumed = Desk(tmp_path / "next")
    resumed.tracker.restore(records, curve)
    resumed.tracker.record("a/b", 2, "1", source="again")
    resumed.tracker.training(1, {"loss": 0.5})
    # then
    assert [record["value"] for record in resumed.tracker.records()] == [2.0]
    assert resumed.tracker.curve_text().startswith(curve)
    assert resumed.tracker.curve_text().count("\n") == 2
