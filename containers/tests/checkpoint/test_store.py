"""Saving and resuming."""

import json

import pytest
import torch

from agent_forge.checkpoint.manifest import POINTER, decode_pointer
from agent_forge.checkpoint.retention import drop_old
from agent_forge.checkpoint.schedule import SaveSchedule
from agent_forge.contracts import validate
from agent_forge.errors import ForgeError
from tests.support.checkpoint_desk import PREFIX, is_state_of, open_desk, state_of
from tests.support.job_room import RUN_ID, JobRoom


def _manifests(room: JobRoom, stage: str = "base") -> list[dict]:
    uris = room.storage.list(room.uri(f"checkpoints/{stage}/manifests/"))
    return [json.loads(room.storage.read_bytes(uri)) for uri in uris]


def _blobs(room: JobRoom) -> set[str]:
    return {uri.rpartition("/")[2] for uri in room.storage.list(room.uri("blobs/"))}


def test_without_checkpoints_there_is_none(room: JobRoom) -> None:
    assert open_desk(room).store.latest() is None


def test_the_next_attempt_finds_the_last_state_bit_for_bit(room: JobRoom) -> None:
    # given two saves
    first = open_desk(room)
    first.notes.document = {"metrics": [1, 2]}
    first.save(1)
    first.save(2)
    # when
    second = open_desk(room, attempt=2)
    checkpoint = second.store.latest()
    # then
    assert checkpoint is not None
    assert is_state_of(checkpoint, 2)
    assert second.notes.document == {"metrics": [1, 2]}
    assert first.types() == ["CheckpointSaved", "CheckpointSaved"]
    assert second.events == []


def test_a_manifest_fits_the_schema_and_names_its_parent(room: JobRoom) -> None:
    # given
    desk = open_desk(room)
    desk.save(1)
    desk.save(2)
    # when
    first, second = _manifests(room)
    # then
    for manifest in (first, second):
        validate(manifest, "checkpoint-manifest", kind="bug", where="the manifest")
    assert first["parent"] is None
    assert second["parent"] == desk.events[0][1]["sha256"]
    assert [file["path"] for file in second["files"]] == ["tensors.safetensors", "job.json"]


def test_tensors_that_share_memory_or_are_views_are_saved_as_they_look(room: JobRoom) -> None:
    # given a tied pair, a column, a transposed view and an empty tensor
    base = torch.arange(6.0).reshape(2, 3).requires_grad_()
    tensors = {"a": base, "tied": base, "column": base[:, 1], "turned": base.T, "empty": torch.empty(0, 3)}
    # when
    open_desk(room).store.save(1, tensors, None, {})
    checkpoint = open_desk(room, attempt=2).store.latest()
    # then
    assert checkpoint is not None
    assert all(torch.equal(checkpoint.tensors[name], tensor) for name, tensor in tensors.items())


def test_the_last_three_and_the_best_stay_and_the_blobs_of_the_rest_go(room: JobRoom) -> None:
    # given six saves, the second of them the best, and a blob of someone else
    other = room.publish(b"a model")
    desk = open_desk(room)
    # when
    for step in range(1, 7):
        desk.save(step, best=step == 2)
    # then
    manifests = _manifests(room)
    assert [manifest["step"] for manifest in manifests] == [2, 4, 5, 6]
    named = {file["sha256"] for manifest in manifests for file in manifest["files"]}
    assert _blobs(room) == named | {other.sha256}


def test_a_better_one_takes_the_place_of_the_best(room: JobRoom) -> None:
    desk = open_desk(room)
    for step in range(1, 8):
        desk.save(step, best=step in (1, 3))
    assert [manifest["step"] for manifest in _manifests(room)] == [3, 5, 6, 7]


def test_two_jobs_in_the_same_state_never_share_a_blob(room: JobRoom) -> None:
    # given two jobs whose every number is equal
    one, twin = open_desk(room), open_desk(room, stage="twin")
    # when one of them drops its early checkpoints
    twin.save(1)
    for step in range(1, 6):
        one.save(step)
    # then the other's is still whole
    checkpoint = open_desk(room, stage="twin", attempt=2).store.latest()
    assert checkpoint is not None
    assert is_state_of(checkpoint, 1)


def test_a_clean_up_that_fails_is_said_and_does_not_end_the_job(
    room: JobRoom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that cannot delete
    def refuse(uri: str) -> None:
        raise PermissionError(f"may not delete {uri}")

    monkeypatch.setattr(room.storage, "delete", refuse)
    desk = open_desk(room)
    # when
    for step in range(1, 6):
        desk.save(step)
    # then
    assert "were not removed: may not delete" in capsys.readouterr().err
    assert desk.types() == ["CheckpointSaved"] * 5


def test_a_requested_stop_makes_the_next_step_due_and_ends_the_job_after_publishing(room: JobRoom) -> None:
    # given
    desk = open_desk(room)
    assert not desk.store.due()
    # when
    with desk.stop.listening():
        desk.stop.on_signal(15, None)
        assert desk.store.due()
        with pytest.raises(ForgeError, match="goes on from the checkpoint of step 3") as caught:
            desk.save(3)
    # then
    assert caught.value.kind == "preempted"
    checkpoint = open_desk(room, attempt=2).store.latest()
    assert checkpoint is not None
    assert is_state_of(checkpoint, 3)


def test_a_checkpoint_of_other_settings_is_refused_and_the_keys_are_named(room: JobRoom) -> None:
    # given a checkpoint
    open_desk(room).save(1)
    # when the job comes back with another learning rate
    desk = open_desk(room, attempt=2, config={"learning_rate": 0.2})
    with pytest.raises(ForgeError, match=r"config\.learning_rate: '0\.1' then, '0\.2' now") as caught:
        desk.store.latest()
    # then
    assert caught.value.kind == "conflict"
    assert caught.value.detail is not None
    assert caught.value.detail["differs"] == ["config.learning_rate"]
    assert desk.types() == ["CheckpointRejected"]


def test_a_checkpoint_of_other_code_is_used_and_said(
    room: JobRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    open_desk(room).save(1)
    assert open_desk(room, attempt=2, code_hash="1" * 64).store.latest() is not None
    assert "was taken by other code" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"attempt": 2}, {"attempt": 1}),
        ({"start": 2}, {"attempt": 9}),
        ({"execution": 2}, {"start": 9, "attempt": 9}),
    ],
)
def test_an_attempt_that_was_thought_dead_cannot_move_the_pointer_back(
    room: JobRoom, first: dict, second: dict
) -> None:
    # given a later attempt that has saved
    open_desk(room, **first).save(5)
    # when the earlier one wakes up
    with pytest.raises(ForgeError, match="already writes checkpoints of this job") as caught:
        open_desk(room, **second).save(6)
    # then
    assert caught.value.kind == "conflict"
    assert [manifest["step"] for manifest in _manifests(room)] == [5]


def test_after_a_roll_back_the_new_branch_wins_over_later_steps_of_the_old(room: JobRoom) -> None:
    # given a job that saved steps 1 to 3, went back to 1 and saved 2 again with another state
    desk = open_desk(room)
    for step in (1, 2, 3):
        desk.save(step)
    desk.store.save(2, {"weights": torch.full((2,), 7.0)}, None, {})
    # when
    checkpoint = open_desk(room, attempt=2).store.latest()
    # then
    assert checkpoint is not None
    assert checkpoint.step == 2
    assert torch.equal(checkpoint.tensors["weights"], torch.full((2,), 7.0))


def test_a_damaged_new_branch_falls_back_to_before_the_roll_back_never_to_the_old_branch(
    room: JobRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a job that went back from step 3 to 1 and saved 2 again, before anything old was removed
    monkeypatch.setattr(room.storage, "delete", lambda uri: None)
    desk = open_desk(room)
    for step in (1, 3):
        desk.save(step)
    desk.save(2)
    # and the new branch damaged
    room.storage.write(desk.events[-1][1]["manifest"], b"x")
    # when
    checkpoint = open_desk(room, attempt=2).store.latest()
    # then
    assert checkpoint is not None
    assert is_state_of(checkpoint, 1)


def test_the_chain_of_parents_goes_on_over_attempts(room: JobRoom) -> None:
    # given
    first = open_desk(room)
    first.save(1)
    # when
    second = open_desk(room, attempt=2)
    second.store.latest()
    second.save(2)
    # then
    assert _manifests(room)[1]["parent"] == first.events[0][1]["sha256"]


def test_a_metric_that_is_not_finite_stops_the_save_before_anything_is_published(room: JobRoom) -> None:
    with pytest.raises(ForgeError, match="loss is nan") as caught:
        open_desk(room).store.save(1, state_of(1), None, {"loss": float("nan")})
    assert caught.value.kind == "numeric"
    assert room.storage.list(room.uri(PREFIX)) == []


def test_a_save_is_due_after_the_interval_or_the_number_of_steps() -> None:
    # given an interval of 10 s and of 3 steps, and a clock set by hand
    now = [0.0]
    schedule = SaveSchedule(10.0, every_steps=3, clock=lambda: now[0])
    # when / then: steps first
    assert [schedule.due() for _ in range(3)] == [False, False, True]
    schedule.saved()
    # then time
    assert not schedule.due()
    now[0] = 10.0
    assert schedule.due()


def test_who_was_overtaken_removes_nothing(room: JobRoom) -> None:
    # given an attempt that was stopped after its second save, just before it cleans up
    first = open_desk(room)
    first.save(1)
    first.save(2)
    prefix = room.uri(PREFIX)
    mine, _ = decode_pointer(room.storage.read_bytes(prefix + POINTER))
    later = open_desk(room, attempt=2)
    later.store.latest()
    later.save(3)
    before = room.storage.list(prefix)
    # when it wakes up
    drop_old(room.storage, room.blobs, prefix, mine, RUN_ID)
    # then
    assert room.storage.list(prefix) == before
    assert is_state_of(open_desk(room, attempt=3).store.latest(), 3)
