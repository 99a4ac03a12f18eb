"""The limited process: one call in on stdin, one JSON document out on stdout. `sandbox` starts it."""

import importlib
import json
import os
import resource
import sys
from typing import Any

from agent_forge.process_limits import REFUSED_CALLS, lower_limit, own_network, refuse_calls

# Numbers of clone, clone3, socketpair; a tool needs no thread either. From the kernel's tables.
MORE_CALLS = {"x86_64": (56, 435, 53), "aarch64": (220, 435, 199)}
NETWORK, PROCESS, FILES, MEMORY, FAILED = (
    "tool_network", "tool_process", "tool_files", "tool_memory", "tool_failed"
)  # fmt: skip
EVENTS = {
    NETWORK: ("socket.", "urllib.", "http.", "ftplib.", "smtplib."),
    PROCESS: (
        "subprocess.",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "os.spawn",
        "os.kill",
        "pty.",
    ),
    FILES: ("open", "os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink", "shutil.", "ctypes.dl"),
}


def main() -> int:
    """Carry out a call; 0 in any case that is answered."""
    told: dict[str, Any] = json.loads(sys.stdin.read())
    # What the tool prints must not become its answer.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    function = importlib.import_module(told["module"]).FUNCTIONS[told["runs"]]
    refused = _lock_down(told["memory"], told["seconds"])
    answer.write(json.dumps(_answer(function, told["arguments"], refused)))
    answer.flush()
    return 0


def _answer(function: Any, arguments: dict[str, Any], refused: list[str]) -> dict[str, str]:
    try:
        result = function(**arguments)
    except MemoryError:
        return {"error": MEMORY}
    except BaseException:
        return {"error": refused[0] if refused else FAILED}
    # A tool may have caught its refusal and gone on.
    if refused:
        return {"error": refused[0]}
    return {"result": result} if isinstance(result, str) else {"error": FAILED}


def _lock_down(memory: int, seconds: int) -> list[str]:
    """Take everything away; the list gets a code for each thing that is tried all the same."""
    for limit, value in (
        (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 65_536),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, 0),
    ):  # fmt: skip
        lower_limit(limit, value)
    own_network()
    refuse_calls({
        machine: (architecture, (*calls, *MORE_CALLS[machine]))
        for machine, (architecture, calls) in REFUSED_CALLS.items()
    })  # fmt: skip
    tried: list[str] = []

    def hook(event: str, _: tuple[object, ...]) -> None:
        code = next((code for code, events in EVENTS.items() if event.startswith(events)), None)
        if code is not None:
            tried.append(code)
            raise PermissionError(f"a tool may not do {event}")

    sys.addaudithook(hook)
    return tried


if __name__ == "__main__":
    sys.exit(main())
