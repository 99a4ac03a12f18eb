"""A running fork server and everything a test asks of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CONTAINERS = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30.0
# What a job's environment shares with its server's.
START = {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "PYTHONHASHSEED": "0"}


def eventually(what: str, condition: Callable[[], bool]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.005)


def runs(pid: int) -> bool:
    """True while a process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


class Job:
    """A job that was asked for: its files, and what the server said about it."""

    def __init__(self, desk: "ForkDesk", name: str) -> None:
        self.desk = desk
        self.number = desk.next_number()
        self.stem = desk.root / name
        self.leader = 0

    def request(self, script: str, **env: str) -> dict[str, Any]:
        """The request that runs a script; its environment is `env` and nothing else."""
        task = self.stem.with_suffix(".py")
        task.write_text(script)
        paths = {f"{kind}Path": str(self.path(kind)) for kind in ("stdout", "stderr", "claim", "exit")}
        args = ["run", "--task", f"file://{task}"]
        return {
            "id": self.number,
            "type": "launch",
            "args": args,
            "env": env,
            "cwd": str(self.desk.root),
            **paths,
        }

    def path(self, kind: str) -> Path:
        """One of its files: stdout, stderr, claim or exit."""
        return self.stem.with_suffix(f".{kind}")

    def text(self, kind: str) -> str:
        """Content of one of its files, empty if there is none."""
        return self.path(kind).read_text() if self.path(kind).exists() else ""

    def exit_code(self) -> int:
        """Wait for the exit record."""
        eventually(f"an exit record; stderr: {self.text('stderr')}", self.path("exit").exists)
        code: int = json.loads(self.text("exit"))["exitCode"]
        return code

    def ended(self) -> int | None:
        """Wait for the server's word of its end."""
        message = self.desk.receive(self.number, "ended")
        code: int | None = message["ended"]
        return code


class ForkDesk:
    """Starts a fork server in a folder and talks to it.

    Args:
        root: an empty folder with a short path.
        module: what follows `python -m`.
        idle_seconds: see the server.
        replaces: inode of the socket that the new server's will take the place of.
    """

    def __init__(
        self,
        root: Path,
        module: str = "tests.support.run_fork_server",
        idle_seconds: float = 60,
        replaces: int | None = None,
    ) -> None:
        self.root = root
        self.socket_path = root / "s"
        self._received: list[dict[str, Any]] = []
        self._number = 0
        command = [sys.executable, "-m", module, "fork-server", "--socket", str(self.socket_path)]
        # With the variables of a measurement of coverage, if one is under way.
        env = {**START, **{name: value for name, value in os.environ.items() if name.startswith("COV")}}
        env["FROM_SERVER"] = "1"
        with (root / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, "--idle-seconds", str(idle_seconds)],
                cwd=CONTAINERS,
                env=env,
                stdout=log,
                stderr=log,
            )
        eventually(
            "the socket", lambda: self._inode() not in (None, replaces) or self.process.poll() is not None
        )
        assert self.process.poll() is None, (root / "log").read_text()
        self.client = self.connect()

    def _inode(self) -> int | None:
        return self.socket_path.stat().st_ino if self.socket_path.exists() else None

    def connect(self) -> socket.socket:
        """Another client."""
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.settimeout(PATIENCE_SECONDS)
        client.connect(str(self.socket_path))
        return client

    def next_number(self) -> int:
        """A number that no request had yet."""
        self._number += 1
        return self._number

    def send(self, document: Any) -> None:
        """Send one line."""
        self.client.sendall(json.dumps(document).encode() + b"\n")

    def receive(self, number: int | None, member: str) -> dict[str, Any]:
        """Wait for the message with a number and a member; others stay for later."""
        while True:
            for message in self._received:
                if message["id"] == number and member in message:
                    self._received.remove(message)
                    return message
            self._received.append(json.loads(self._line()))

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            byte = self.client.recv(1)
            assert byte, f"the server has closed the connection; {(self.root / 'log').read_text()}"
            line += byte
        return line

    def ask(self, kind: str, member: str) -> Any:
        """Send a request without parameters and take one member of the answer."""
        number = self.next_number()
        self.send({"id": number, "type": kind})
        return self.receive(number, member)[member]

    def launch(self, script: str, name: str = "job", **env: str) -> Job:
        """Start a script as a job."""
        job = Job(self, name)
        self.send(job.request(script, **env))
        job.leader = int(self.receive(job.number, "identity")["identity"].split("\n")[0])
        return job

    def close(self) -> None:
        """End the server if it still runs."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_SECONDS)
