"""Carries out calls, each in a process of its own that has no network, little memory and little time."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent_forge.tools.calls import Call
from agent_forge.tools.definitions import Tool

MOST_RESULT = 200  # characters
CPU, TIME, LENGTH, KILLED = "tool_cpu", "tool_time", "tool_length", "tool_killed"
PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Limits:
    """Of one call.

    Args:
        memory: bytes of address space, the interpreter's own included.
        cpu_seconds: of computing, a whole number.
        seconds: on the clock, with the start of the process.
    """

    memory: int = 256 << 20
    cpu_seconds: int = 2
    seconds: float = 30.0


@dataclass(frozen=True)
class Outcome:
    """What a tool said, or the code of what it was stopped for."""

    result: str
    error: str | None = None


@dataclass
class Sandbox:
    """Carries out calls of some tools; the same call is carried out once.

    Args:
        module: has the tools' functions in `FUNCTIONS`, by name.
        path: folders to find it in, in front of the package.
    """

    tools: Sequence[Tool]
    limits: Limits = Limits()
    module: str = "agent_forge.tools.functions"
    path: Sequence[Path] = ()
    errors: Counter[str] = field(default_factory=Counter)
    _known: dict[str, Outcome] = field(default_factory=dict)

    def __call__(self, call: Call) -> str:
        """The result, or `error <code>`."""
        if call.text not in self._known:
            self._known[call.text] = self.carry_out(call)
        outcome = self._known[call.text]
        if outcome.error is None:
            return outcome.result
        self.errors[outcome.error] += 1
        return f"error {outcome.error}"

    def carry_out(self, call: Call) -> Outcome:
        """Start a process for a valid call of one of the tools and wait for its end."""
        runs = next(tool.runs for tool in self.tools if tool.name == call.tool)
        told = {
            "module": self.module, "runs": runs, "arguments": dict(call.arguments),
            "memory": self.limits.memory, "seconds": self.limits.cpu_seconds,
        }  # fmt: skip
        with tempfile.TemporaryFile() as answer:
            code = self._run(json.dumps(told).encode(), answer.fileno())
            answer.seek(0)
            text = answer.read()
        if code is None:
            return Outcome("", TIME)
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return Outcome("", CPU)
        if code in (-signal.SIGXFSZ, -signal.SIGSEGV) or code != 0:
            return Outcome("", KILLED)
        document = json.loads(text)
        if "error" in document:
            return Outcome("", document["error"])
        return Outcome("", LENGTH) if len(document["result"]) > MOST_RESULT else Outcome(document["result"])

    def _run(self, told: bytes, answer: int) -> int | None:
        """The exit code, None where time was up."""
        folders = [str(folder) for folder in (*self.path, PACKAGE)]
        # Isolated from the folder that it starts in, from the user's and from our variables.
        start = f"import sys; sys.path[:0] = {folders!r}; from agent_forge.tools.sandbox_child import main; "
        variables = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", start + "sys.exit(main())"], cwd="/", env=variables,
            stdin=subprocess.PIPE, stdout=answer, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            child.communicate(told, timeout=self.limits.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            return None
        return child.returncode
