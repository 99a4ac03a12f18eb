"""The fork server's loop: one thread, a Unix socket, clients that ask, leaders that end."""

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.fork_server.claim import identity_of
from agent_forge.fork_server.leader import NOT_STARTED, lead, signals_blocked
from agent_forge.fork_server.request import Launch, parse_launch, parse_request

LONGEST_LINE_BYTES = 4 * 1024 * 1024
BACKLOG = 64


class Client:
    """A connection: half a line may be waiting in it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.waiting = b""


class ForkServer:
    """Starts jobs until it is retired, idle for too long or told to stop.

    Args:
        path: of its socket, which appears when it can be asked.
        package_hash: what the code that it has loaded hashes to.
        idle_seconds: how long it stays without a client and without a job.
    """

    def __init__(self, path: str, package_hash: str, idle_seconds: float) -> None:
        self._path = path
        self._package_hash = package_hash
        self._idle_seconds = idle_seconds
        self._selector = selectors.DefaultSelector()
        self._clients: set[Client] = set()
        # By leader: whom to tell of its end, and by which number that client asked for it.
        self._leaders: dict[int, tuple[Client, int]] = {}
        self._retired = False
        self._stopped = False
        self._wake, self._waker = socket.socketpair()
        self._listener, self._inode = _listen(path)

    def serve(self) -> None:
        """Work until there is no reason to."""
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_stop)
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        idle_since = time.monotonic()
        while not self._stopped and not (self._retired and not self._leaders):
            if self._clients or self._leaders:
                idle_since = time.monotonic()
            left = idle_since + self._idle_seconds - time.monotonic()
            if left <= 0:
                break
            self._turn(left)
        self._unlink()

    def _on_stop(self, number: int, frame: object) -> None:
        # Jobs go on: their leaders need no server.
        self._stopped = True

    def _turn(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is not None:
                self._read(key.data)
            elif key.fileobj is self._wake:
                with contextlib.suppress(BlockingIOError):
                    self._wake.recv(4096)
            else:
                self._accept()
        self._reap()

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        client = Client(connection)
        self._clients.add(client)
        self._selector.register(connection, selectors.EVENT_READ, client)

    def _read(self, client: Client) -> None:
        try:
            data = client.connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        *lines, client.waiting = (client.waiting + data).split(b"\n")
        for line in lines:
            self._answer(client, line)
        if len(client.waiting) > LONGEST_LINE_BYTES:
            self._tell(client, {"id": None, "error": f"A line is longer than {LONGEST_LINE_BYTES} bytes."})
            self._drop(client)

    def _answer(self, client: Client, line: bytes) -> None:
        number: int | None = None
        try:
            request = parse_request(line)
            number = request["id"]
            answer = self._do(client, request)
        except (ForgeError, OSError) as error:
            answer = {"error": str(error)}
        self._tell(client, {"id": number, **answer})

    def _do(self, client: Client, request: dict[str, Any]) -> dict[str, Any]:
        if request["type"] == "ping":
            return {"packageHash": self._package_hash, "pid": os.getpid()}
        if request["type"] == "retire":
            self._retire()
            return {"retired": True}
        pid, identity = self._fork(parse_launch(request))
        self._leaders[pid] = (client, request["id"])
        return {"identity": identity}

    def _fork(self, launch: Launch) -> tuple[int, str]:
        """Fork a leader; its number and identity once a signal to its group would reach it.

        Raises:
            OSError: the output cannot be opened, or there is no process to be had.
        """
        with contextlib.ExitStack() as opened:
            stdout, stderr = (
                opened.enter_context(open(path, "ab", buffering=0))
                for path in (launch.stdout_path, launch.stderr_path)
            )
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            is_ready, ready = os.pipe()
            opened.callback(os.close, is_ready)
            try:
                pid = self._fork_leader(launch, (stdout.fileno(), stderr.fileno()), is_ready, ready)
            finally:
                os.close(ready)
            # The end of the pipe if the leader died before: its group was never there.
            os.read(is_ready, 1)
        return pid, identity_of(pid)

    def _fork_leader(self, launch: Launch, output: tuple[int, int], is_ready: int, ready: int) -> int:
        with signals_blocked():
            pid = os.fork()
            if pid == 0:
                try:
                    os.close(is_ready)
                    self._abandon()
                    lead(launch, output, ready)
                finally:
                    os._exit(NOT_STARTED)
        return pid

    def _abandon(self) -> None:
        """In a child: let go of everything that is the server's."""
        for client in self._clients:
            client.connection.close()
        for part in (self._selector, self._listener, self._wake, self._waker):
            part.close()

    def _reap(self) -> None:
        for pid in list(self._leaders):
            # Its group is killed before it is reaped: until then nobody else can have its number.
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                continue
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            client, number = self._leaders.pop(pid)
            self._tell(client, {"id": number, "ended": code if code >= 0 else None})

    def _tell(self, client: Client, message: dict[str, Any]) -> None:
        if client not in self._clients:
            return
        line = json.dumps(message).encode() + b"\n"
        try:
            whole = client.connection.send(line) == len(line)
        except OSError:
            whole = False
        # Whoever does not read has only itself to blame: a server that waits serves nobody else.
        if not whole:
            self._drop(client)

    def _drop(self, client: Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._selector.unregister(client.connection)
            client.connection.close()

    def _retire(self) -> None:
        """Take no new clients; the loop ends with the last leader."""
        if not self._retired:
            self._retired = True
            self._selector.unregister(self._listener)
            self._listener.close()
            self._unlink()

    def _unlink(self) -> None:
        """Remove the socket, unless a successor has put its own in its place."""
        with contextlib.suppress(OSError):
            if os.stat(self._path).st_ino == self._inode:
                os.unlink(self._path)


def _listen(path: str) -> tuple[socket.socket, int]:
    """A listening socket that appears under its path in one step, for its owner only; and its inode."""
    draft = f"{path}.{os.getpid()}"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(draft)
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    listener.setblocking(False)
    inode = os.stat(draft).st_ino
    os.replace(draft, path)
    return listener, inode
