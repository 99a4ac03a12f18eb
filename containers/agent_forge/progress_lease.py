"""The progress lease: a job that no longer gets anywhere ends itself, with the stacks of all its threads.

Progress is an event that the job emits, or processor time that its main thread uses: a long computation that
says nothing is no hang. (An endless loop is what the time limit is for.) Without progress for the lease
SIGALRM arrives; its handler is faulthandler's, which is C and needs no GIL, so that a main thread stuck in
native code cannot hold it up. Beside it a thread shows on stderr, three times a lease, that the job lives:
whoever runs the job takes silence for a process that is stopped or gone. It falls silent with the progress.
"""

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Death by SIGALRM as a shell reports it; whoever reads exit codes calls it `lost` and tries again.
LOST = 128 + signal.SIGALRM
BEATS_PER_LEASE = 3
# Less than this share of a processor, between two beats, is waiting.
BUSY_SHARE = 0.01
STDERR = 2


class ProgressLease:
    """Ends this process when its main thread makes no progress.

    Args:
        seconds: how long it may go without.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = time.monotonic()
        self._last = "its start"
        self._over = threading.Event()

    def renew(self, what: str) -> None:
        """Note progress; costs one system call.

        Args:
            what: for people, for example the event that was emitted.
        """
        if not self._over.is_set():
            self._since, self._last = time.monotonic(), what
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    @contextmanager
    def held(self) -> Iterator["ProgressLease"]:
        """Watch inside the block."""
        # Chained: after the stacks the default action of the signal ends the process.
        faulthandler.register(signal.SIGALRM, file=STDERR, all_threads=True, chain=True)
        self.renew("its start")
        clock = time.pthread_getcpuclockid(threading.get_ident())
        beating = threading.Thread(target=self._beat, args=(clock,), name="lease", daemon=True)
        beating.start()
        try:
            yield self
        finally:
            self._over.set()
            signal.setitimer(signal.ITIMER_REAL, 0)
            beating.join()
            faulthandler.unregister(signal.SIGALRM)

    def _beat(self, clock: int) -> None:
        """Show life while there is progress.

        Args:
            clock: of the main thread's processor time.
        """
        used, period = time.clock_gettime(clock), self._seconds / BEATS_PER_LEASE
        while not self._over.wait(period):
            before, used = used, time.clock_gettime(clock)
            if used - before >= BUSY_SHARE * period:
                self.renew("computing")
            silent = time.monotonic() - self._since
            if silent < self._seconds:
                _say(f"alive; last progress {silent:.0f} s ago: {self._last}")
            else:
                # Here only where the signal ends nothing: as process 1 of a container its default is ignored.
                _say(f"no progress for {silent:.0f} s, since {self._last}")
                faulthandler.dump_traceback(file=STDERR, all_threads=True)
                os._exit(LOST)


def _say(text: str) -> None:
    # os.write: the stream's lock may be held by the thread that hangs.
    os.write(STDERR, f"agent_forge: {text}\n".encode())
