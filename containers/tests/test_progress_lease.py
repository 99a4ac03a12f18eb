"""A job without progress ends itself and shows where it stood; one that wakes up too late changes nothing."""

import os
import signal
import time

import pytest

from agent_forge.progress_lease import LOST
from tests.support.job_room import COUNTER, RUN_ID, JobRoom, finished, run_here, start_child

HANGING = {"cognate": "tests.support.hanging_phase"}
LIMITS = {"timeoutSeconds": 600, "checkpointSeconds": 3600}


@pytest.mark.parametrize("how", ["asleep", "in native code"])
def test_a_job_without_progress_dies_by_sigalrm_with_its_stacks_in_the_log(room: JobRoom, how: str) -> None:
    # given
    task, started = room.task(limits={**LIMITS, "leaseSeconds": 1}), time.monotonic()
    # when
    done = room.run(task, HANGING, HANG=how)
    # then
    assert done.code == -signal.SIGALRM == 128 - LOST
    assert "hanging_phase.py" in done.stderr
    assert "most recent call first" in done.stderr
    assert time.monotonic() - started < 5


def test_a_job_that_computes_in_silence_keeps_its_lease_and_shows_that_it_lives(room: JobRoom) -> None:
    done = room.run(room.task(), HANGING, HANG="computing", FORGE_LEASE_SECONDS="1")
    assert done.code == 0
    assert "alive; last progress 0 s ago: computing" in done.stderr


def test_events_are_progress_and_nothing_is_said_of_a_job_that_is_done_soon(room: JobRoom) -> None:
    # given five steps that sleep 400 ms each, two seconds in all
    task = room.task(config={"steps": 5, "warmup_steps": 400}, limits={**LIMITS, "leaseSeconds": 1})
    # when
    done = room.run(task)
    # then
    assert done.code == 0
    assert "training_metrics" in done.stderr


def paused_after_first_checkpoint(room: JobRoom, task: str, **environment: str) -> int:
    """Start an attempt and stop it by SIGSTOP once it has a checkpoint; its process id."""
    variables = room.environment(**environment)
    child = start_child(lambda: run_here(task, variables, COUNTER), room.root / "first")
    pointer = room.path("checkpoints/base/latest.json")
    until = time.monotonic() + 10
    while not pointer.exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(child, signal.SIGSTOP)
    assert pointer.exists()
    return child


def test_the_first_attempt_of_a_later_start_of_the_phase_takes_over_from_the_last_of_an_earlier_one(
    room: JobRoom,
) -> None:
    # given a third attempt that saved a checkpoint, failed and left that as its result
    settings, limits = {"steps": 12, "warmup_steps": 40}, {**LIMITS, "checkpointSteps": 2}
    zombie = paused_after_first_checkpoint(
        room, room.task(config=settings, limits=limits), AWS_BATCH_JOB_ATTEMPT="3"
    )
    os.kill(zombie, signal.SIGTERM)
    os.kill(zombie, signal.SIGCONT)
    _, status = os.waitpid(zombie, 0)
    assert os.waitstatus_to_exitcode(status) == 75
    # when the phase is tried again, in the same execution and so with a new job
    task = room.task(config=settings, limits=limits, phaseAttempt=2)
    done = room.run(task, AWS_BATCH_JOB_ID="job-2")
    # then
    assert done.code == 0, done.stderr
    assert (room.result()["success"], room.result()["jobId"]) == (True, "job-2")


@pytest.mark.parametrize(
    "second",
    [{"AWS_BATCH_JOB_ATTEMPT": "2"}, {"AWS_BATCH_JOB_ID": "job-2"}],
    ids=["a later attempt", "a later execution"],
)
def test_a_zombie_that_wakes_up_writes_neither_checkpoint_nor_result(
    room: JobRoom, second: dict[str, str]
) -> None:
    # given an attempt that was stopped amid its work, and a later one that did all of it
    settings = {"steps": 12, "warmup_steps": 40}
    limits = {**LIMITS, "checkpointSteps": 2}
    zombie = paused_after_first_checkpoint(room, room.task(config=settings, limits=limits))
    later = {} if "AWS_BATCH_JOB_ATTEMPT" in second else {"execution": f"{RUN_ID}-2"}
    done = room.run(room.task(config=settings, limits=limits, **later), **second)
    assert done.code == 0
    answer = room.path("staging/base/result.json").read_bytes()
    pointer = room.path("checkpoints/base/latest.json").read_bytes()
    # when
    os.kill(zombie, signal.SIGCONT)
    _, status = os.waitpid(zombie, 0)
    # then
    woken = finished(os.waitstatus_to_exitcode(status), room.root / "first")
    assert woken.code == 73, woken.stderr
    assert "stops here" in woken.stderr
    assert room.path("staging/base/result.json").read_bytes() == answer
    assert room.path("checkpoints/base/latest.json").read_bytes() == pointer


def test_a_zombie_beyond_its_last_checkpoint_does_not_answer_for_a_later_execution(
    room: JobRoom,
) -> None:
    # given an attempt stopped after its only checkpoint: nothing but the result is still to be written
    settings = {"steps": 12, "warmup_steps": 40}
    zombie = paused_after_first_checkpoint(
        room, room.task(config=settings, limits={**LIMITS, "checkpointSteps": 8})
    )
    task = room.task(config=settings, limits=LIMITS, execution=f"{RUN_ID}-2")
    assert room.run(task, AWS_BATCH_JOB_ID="job-2").code == 0
    answer = room.path("staging/base/result.json").read_bytes()
    # when
    os.kill(zombie, signal.SIGCONT)
    _, status = os.waitpid(zombie, 0)
    # then
    assert os.waitstatus_to_exitcode(status) == 73
    assert room.path("staging/base/result.json").read_bytes() == answer
