"""Whatever happens to its bytes, a resumed job gets a whole checkpoint or a clear error, never junk."""

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_forge.errors import ForgeError
from agent_forge.storage.local import path_of
from tests.support.checkpoint_desk import PREFIX, is_state_of, open_desk
from tests.support.job_room import JobRoom, in_child

# Steps that are saved before the damage; the newest is the last.
STEPS = (1, 2)


def _files_of_newest(room: JobRoom) -> dict[str, Path]:
    """Pointer, newest manifest and the blobs it names."""
    checkpoints = room.path(PREFIX)
    manifest = max((checkpoints / "manifests").iterdir())
    blobs = {
        file["path"]: path_of(room.blobs.address(file["sha256"]))
        for file in json.loads(manifest.read_bytes())["files"]
    }
    return {"pointer": checkpoints / "latest.json", "manifest": manifest, **blobs}


@pytest.fixture
def saved(room: JobRoom) -> JobRoom:
    """A room in which two checkpoints lie."""
    desk = open_desk(room)
    for step in STEPS:
        desk.save(step)
    return room


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(data=st.data(), what=st.sampled_from(["pointer", "manifest", "tensors.safetensors", "job.json"]))
def test_a_bit_flipped_anywhere_is_noticed_and_the_newest_good_checkpoint_is_used(
    saved: JobRoom, data: st.DataObject, what: str
) -> None:
    # given one flipped bit in one file of the newest checkpoint
    path = _files_of_newest(saved)[what]
    good = path.read_bytes()
    position = data.draw(st.integers(0, len(good) * 8 - 1))
    damaged = bytearray(good)
    damaged[position // 8] ^= 1 << position % 8
    path.write_bytes(damaged)
    # when
    desk = open_desk(saved, attempt=2)
    try:
        checkpoint = desk.store.latest()
    finally:
        path.write_bytes(good)
    # then: a damaged pointer costs nothing, because the manifests verify themselves
    assert desk.types() == ["CheckpointRejected"]
    assert checkpoint is not None
    assert is_state_of(checkpoint, STEPS[-1] if what == "pointer" else STEPS[-2])


@pytest.mark.parametrize("what", ["pointer", "manifest", "tensors.safetensors", "job.json"])
@pytest.mark.parametrize("fault", ["truncated", "emptied", "removed", "replaced by its neighbour"])
def test_a_file_that_is_cut_gone_or_swapped_is_noticed(saved: JobRoom, what: str, fault: str) -> None:
    # given
    path = _files_of_newest(saved)[what]
    if fault == "removed":
        path.unlink()
    elif fault == "replaced by its neighbour":
        older = min(path.parent.iterdir()) if what == "manifest" else path_of(saved.publish(b"{}").uri)
        path.write_bytes(older.read_bytes())
    else:
        os.truncate(path, 0 if fault == "emptied" else path.stat().st_size // 2)
    # when
    desk = open_desk(saved, attempt=2)
    checkpoint = desk.store.latest()
    # then: without a pointer the newest manifest is found by its name, silently
    assert checkpoint is not None
    assert is_state_of(checkpoint, STEPS[-1] if what == "pointer" else STEPS[-2])
    silent = what == "pointer" and fault == "removed"
    assert desk.types() == ([] if silent else ["CheckpointRejected"])


def test_when_no_checkpoint_is_whole_the_error_names_the_files(saved: JobRoom) -> None:
    # given every manifest damaged
    manifests = sorted(saved.path(PREFIX + "manifests").iterdir())
    for path in manifests:
        path.write_bytes(b"x")
    # when
    desk = open_desk(saved, attempt=2)
    with pytest.raises(ForgeError, match="No checkpoint below") as caught:
        desk.store.latest()
    # then
    assert caught.value.kind == "corrupt"
    assert all(path.name in caught.value.message for path in manifests)
    assert desk.types() == ["CheckpointRejected"] * len(STEPS)


def test_a_job_that_fell_back_saves_over_the_damage_and_goes_on(saved: JobRoom) -> None:
    # given a damaged newest manifest and a job that went back to the one before
    _files_of_newest(saved)["manifest"].write_bytes(b"x")
    desk = open_desk(saved, attempt=2)
    desk.store.latest()
    # when
    desk.save(2)
    # then
    checkpoint = open_desk(saved, attempt=3).store.latest()
    assert checkpoint is not None
    assert is_state_of(checkpoint, 2)


POINTS = ("fsync", "link", "replace", "unlink", "mkdir")


def _save_and_die(room: JobRoom, steps: range, call: int) -> int:
    """Save a row of steps and die before the given system call; 0 when there are fewer calls."""
    calls = 0
    for name in POINTS:
        real = getattr(os, name)

        def counted(*arguments: object, real=real, **options: object) -> object:
            nonlocal calls
            if calls == call:
                os._exit(137)
            calls += 1
            return real(*arguments, **options)

        setattr(os, name, counted)
    desk = open_desk(room)
    for step in steps:
        desk.save(step)
        os.write(2, b"saved\n")
    return 0


@pytest.mark.parametrize(("before", "steps"), [(0, range(1, 3)), (3, range(4, 5))])
def test_a_crash_at_any_persistence_point_leaves_the_last_committed_checkpoint_whole(
    tmp_path: Path, before: int, steps: range
) -> None:
    # given a job with some saves behind it; the fourth save also drops the first
    (tmp_path / "start").mkdir()
    start = open_desk(JobRoom(tmp_path / "start"))
    for step in range(1, before + 1):
        start.save(step)
    # and a process that dies before its n-th system call, for every n
    call, survived = 0, False
    while not survived:
        room = JobRoom(tmp_path / str(call))
        shutil.copytree(tmp_path / "start", room.root)
        done = in_child(lambda room=room, call=call: _save_and_die(room, steps, call), room.root / "child")
        survived = done.code == 0
        committed = before + done.stderr.count("saved")
        # when the next attempt looks
        desk = open_desk(room, attempt=2)
        checkpoint = desk.store.latest()
        # then it finds the last committed state or the one all but acknowledged, without complaint
        found = 0 if checkpoint is None else checkpoint.step
        assert found in (committed, committed + 1), f"before call {call}"
        assert checkpoint is None or is_state_of(checkpoint, found)
        assert desk.events == []
        # and can go on from there
        desk.save(found + 1)
        call += 1
    assert call > len(steps) * 2 * len(POINTS)
