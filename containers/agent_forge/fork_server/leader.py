"""The two processes of a forked job: a leader that outlives it by a moment, and the job itself.

The leader does what the shell of a job in a fresh process does: own session, claim, exit record, and at last
the end of its whole group. It is not the fork server, so that a job ends in order even if that one is dead.
"""

import contextlib
import ctypes
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from agent_forge.fork_server.claim import take_claim, write_exit
from agent_forge.fork_server.request import Launch

NOT_STARTED = 125
NOT_EXECUTED = 126
# They end the job, not its leader.
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
PR_SET_PDEATHSIG = 1


@contextlib.contextmanager
def signals_blocked() -> Iterator[None]:
    """Hold every signal back in the block, so that no handler runs in a process that it was not meant for."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def lead(launch: Launch, output: tuple[int, int], ready: int) -> NoReturn:
    """Be the leader of a job. Called in a fresh fork with all signals blocked; never returns.

    Args:
        launch: the job.
        output: descriptors of its standard output and error.
        ready: written to once a signal to the group can reach it.
    """
    code = NOT_STARTED
    try:
        os.setsid()
        stops = _note_stops()
        os.write(ready, b".")
        os.close(ready)
        _redirect(os.open(os.devnull, os.O_RDONLY), *output)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if take_claim(launch.claim_path):
            code = _run(launch, stops)
            for number in STOPS:
                signal.signal(number, signal.SIG_IGN)
            if write_exit(launch.exit_path, code):
                os.killpg(0, signal.SIGKILL)
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _note_stops() -> list[int]:
    stops: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        stops.append(number)

    # Descriptor and handlers were the fork server's: a signal here must not wake it.
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in STOPS:
        signal.signal(number, note)
    return stops


def _redirect(*sources: int) -> None:
    for target, source in enumerate(sources):
        os.dup2(source, target)
        os.close(source)


def _run(launch: Launch, stops: list[int]) -> int:
    """Run the job in a child of the leader; its exit code, 128 + n if signal n killed it."""
    leader = os.getpid()
    with signals_blocked():
        if stops:
            return 128 + signal.SIGTERM
        try:
            job = os.fork()
        except OSError as error:
            sys.stderr.write(f"The job could not be forked: {error}\n")
            return NOT_EXECUTED
        if job == 0:
            _be_job(launch, leader)
    _, status = os.waitpid(job, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _be_job(launch: Launch, leader: int) -> NoReturn:
    """Become what a fresh `python -m agent_forge` is, and run the same function as it does."""
    code = 1
    try:
        for number in STOPS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _die_with(leader)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.chdir(launch.cwd)
        os.environ.clear()
        os.environ.update(launch.env)
        time.tzset()
        tempfile.tempdir = None
        sys.argv = [sys.argv[0], *launch.args]
        code = _call_main(list(launch.args))
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code & 0xFF)


def _call_main(args: list[str]) -> int:
    from agent_forge.__main__ import main

    try:
        return main(args)
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return stop.code or 0
        sys.stderr.write(f"{stop.code}\n")
        return 1


def _die_with(leader: int) -> None:
    """Ask the kernel to kill the job with its leader: nobody could know its end any more.

    The runner finds leftovers by the environment they were started with, and a fork still shows the server's.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != leader:
        os._exit(128 + signal.SIGKILL)
