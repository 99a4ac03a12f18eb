"""A job of a forked run: it begins at the checkpoint it was given, and neither run breaks the other's."""

import json
from typing import Any

import pytest

from agent_forge.checkpoint.resume_point import ResumePoint
from agent_forge.errors import ForgeError
from tests.support.checkpoint_desk import PREFIX, Desk, is_state_of, open_desk
from tests.support.job_room import JobRoom

FORK_RUN = "01JZ8F3M7Q2X4V6B8N0C1D2E99"
FORK = "checkpoints/fork/"
OTHER_RATE = {"learning_rate": 0.2}


def _saved(room: JobRoom, *steps: int) -> dict[int, str]:
    """SHA-256 of the manifests of some steps of the run that is forked."""
    desk = open_desk(room)
    for step in steps:
        desk.save(step)
    return {data["step"]: data["sha256"] for _, data in desk.events}


def _lend(room: JobRoom, step: int, sha256: str) -> None:
    """Copy a manifest, as the control plane does when it forks a run."""
    name = f"manifests/{step:010d}-{sha256}.json"
    room.storage.write(room.uri(FORK + name), room.storage.read_bytes(room.uri(PREFIX + name)))


def _fork(room: JobRoom, begin: ResumePoint, **change: Any) -> Desk:
    return open_desk(room, run=FORK_RUN, prefix=FORK, begin=begin, **change)


def _steps(room: JobRoom, prefix: str) -> list[int]:
    uris = room.storage.list(room.uri(prefix + "manifests/"))
    return [json.loads(room.storage.read_bytes(uri))["step"] for uri in uris]


@pytest.mark.parametrize("config", [{}, OTHER_RATE])
def test_it_begins_at_an_earlier_checkpoint_also_under_settings_that_were_accepted(
    room: JobRoom, config: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    names = _saved(room, 1, 2, 3)
    _lend(room, 2, names[2])
    # when
    desk = _fork(room, ResumePoint(2, names[2], accept_settings=bool(config)), config=config)
    checkpoint = desk.store.latest()
    # then
    assert checkpoint is not None
    assert is_state_of(checkpoint, 2)
    assert ("config.learning_rate: '0.1' then, '0.2' now" in capsys.readouterr().err) == bool(config)


@pytest.mark.parametrize(
    ("change", "accept", "named"),
    [(OTHER_RATE, False, True), (OTHER_RATE, True, False)],
    ids=["settings that were not accepted", "a checkpoint that was not named"],
)
def test_other_settings_need_the_permission_for_this_very_checkpoint(
    room: JobRoom, change: dict[str, Any], accept: bool, named: bool
) -> None:
    names = _saved(room, 1, 2)
    _lend(room, 2, names[2])
    begin = ResumePoint(2, names[2] if named else names[1], accept)
    with pytest.raises(ForgeError, match="taken under other settings") as caught:
        _fork(room, begin, config=change).store.latest()
    assert caught.value.kind == "conflict"


@pytest.mark.parametrize(
    ("differs", "allowed"),
    [
        (["config.learning_rate", "seed", "threads"], True),
        (["inputs"], False),
        (["config.steps", "stage.name"], False),
        (["phase"], False),
    ],
)
def test_a_permission_covers_settings_and_never_what_the_tensors_mean(
    differs: list[str], allowed: bool
) -> None:
    assert ResumePoint(1, "a" * 64, accept_settings=True).allows("a" * 64, differs) == allowed


def test_it_refuses_to_begin_at_its_first_step_when_its_checkpoint_is_gone(room: JobRoom) -> None:
    begin = ResumePoint(2, "a" * 64, accept_settings=True)
    with pytest.raises(ForgeError, match="begins at the checkpoint of step 2") as caught:
        _fork(room, begin).store.latest()
    assert caught.value.kind == "not_found"


def test_its_own_later_checkpoints_win_and_are_dropped_without_touching_the_others(room: JobRoom) -> None:
    # given a fork that saves more than is kept
    names = _saved(room, 1, 2)
    _lend(room, 1, names[1])
    begin = ResumePoint(1, names[1], accept_settings=True)
    desk = _fork(room, begin, config=OTHER_RATE)
    desk.store.latest()
    for step in (2, 3, 4, 5, 6):
        desk.save(step)
    # then it keeps its last three and where it began
    assert _steps(room, FORK) == [1, 4, 5, 6]
    again = _fork(room, begin, config=OTHER_RATE, attempt=2).store.latest()
    assert again is not None
    assert is_state_of(again, 6)
    # and the run that was forked still reads its own
    origin = open_desk(room, attempt=2).store.latest()
    assert origin is not None
    assert is_state_of(origin, 2)


def test_a_run_keeps_what_another_one_was_forked_from(room: JobRoom) -> None:
    # given a checkpoint that is lent
    desk = open_desk(room)
    desk.save(1)
    sha256 = desk.events[0][1]["sha256"]
    _lend(room, 1, sha256)
    room.storage.write(room.uri(f"{PREFIX}pins/{sha256}"), b"{}")
    # when the run goes on
    for step in range(2, 7):
        desk.save(step)
    # then
    assert _steps(room, PREFIX) == [1, 4, 5, 6]
    lent = _fork(room, ResumePoint(1, sha256, accept_settings=False)).store.latest()
    assert lent is not None
    assert is_state_of(lent, 1)
