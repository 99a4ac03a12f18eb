"""Being asked to stop."""

import os
import signal
import threading
import time

import pytest

from agent_forge.errors import EXIT_CODES, ForgeError
from agent_forge.stop import SAME_NOTICE_SECONDS, StopRequest
from tests.support.job_room import Finished, JobRoom, in_child

# Longer than any of these tests takes: a child that is still there then dies of the alarm, with another code.
TOO_LONG_SECONDS = 20


def _child(room: JobRoom, pause_seconds: float, grace_seconds: float) -> Finished:
    """A process that gets SIGTERM twice and would sleep for long afterwards."""

    def action() -> int:
        signal.alarm(TOO_LONG_SECONDS)
        with StopRequest(grace_seconds).listening():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(pause_seconds)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.2)
            os.write(2, b"still here\n")
            time.sleep(TOO_LONG_SECONDS)
        return 0

    return in_child(action, room.root / "child")


def test_nothing_is_requested_until_a_signal_comes() -> None:
    # given
    with StopRequest().listening() as stop:
        assert not stop.requested
        stop.raise_if_requested("the last checkpoint")
        # when
        os.kill(os.getpid(), signal.SIGTERM)
        # then
        assert stop.requested
        with pytest.raises(ForgeError, match="goes on from the last checkpoint") as caught:
            stop.raise_if_requested("the last checkpoint")
    assert caught.value.kind == "preempted"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_handlers_of_before_are_back_afterwards(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with StopRequest().listening():
        assert signal.getsignal(number) != before
    assert signal.getsignal(number) == before


def test_a_second_notice_leaves_at_once_and_still_as_preempted(room: JobRoom) -> None:
    done = _child(room, SAME_NOTICE_SECONDS + 0.1, grace_seconds=60)
    assert done.code == EXIT_CODES["preempted"]
    assert "asked a second time" in done.stderr
    assert "still here" not in done.stderr


def test_one_notice_that_arrives_twice_does_not_cut_the_checkpoint_short(room: JobRoom) -> None:
    # given a notice that reaches the process through its group and through its parent
    done = _child(room, 0.0, grace_seconds=1.0)
    # then it goes on working, until its time is up
    assert "still here" in done.stderr
    assert done.code == EXIT_CODES["preempted"]
    assert "no checkpoint was reached in time" in done.stderr


def test_outside_the_main_thread_signals_are_left_alone() -> None:
    # given
    before, seen = signal.getsignal(signal.SIGTERM), []

    def work() -> None:
        with StopRequest().listening() as stop:
            seen.append((signal.getsignal(signal.SIGTERM), stop.requested))

    # when
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    # then
    assert seen == [(before, False)]
