"""What the fork server checks before it starts anything: its requests, its code, its own threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent_forge.code_hash import whole_code_hash
from agent_forge.errors import EXIT_CODES, ForgeError
from agent_forge.fork_server import claim, preload
from agent_forge.fork_server.command import package_hash, run_fork_server
from agent_forge.fork_server.request import parse_launch, parse_request
from tests.support.fork_desk import CONTAINERS, START

LAUNCH = {"id": 1, "type": "launch", "args": ["run"], "env": {}, "cwd": "/"}
LAUNCH |= dict.fromkeys(("stdoutPath", "stderrPath", "claimPath", "exitPath"), "/x")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "stop"}, "has type 'stop'; expected one of ping, retire, launch"),
        ({"type": ["ping"]}, "has type"),
        ({"id": "1"}, "has id '1'"),
        ({"id": True}, "has id True"),
        ({"surplus": 1}, "has members"),
        ({"args": ["properties"]}, "begins with 'run'"),
        ({"args": "run"}, "begins with 'run'"),
        ({"args": ["run", 1]}, "begins with 'run'"),
        ({"env": []}, "has an env"),
        ({"env": {"A": 1}}, "has an env"),
        ({"env": {"A=B": "1"}}, "has an env"),
        ({"env": {"A": "\0"}}, "has an env"),
        ({"cwd": "relative"}, "has cwd 'relative'; expected an absolute path"),
        ({"exitPath": None}, "has exitPath None"),
    ],
)
def test_a_request_says_what_is_wrong_with_it(change: dict, said: str) -> None:
    with pytest.raises(ForgeError, match="Nothing was started") as caught:
        parse_launch(parse_request(json.dumps({**LAUNCH, **change}).encode()))
    assert caught.value.kind == "validation"
    assert said in caught.value.message


def test_a_request_must_be_an_object() -> None:
    with pytest.raises(ForgeError, match="is a list"):
        parse_request(b"[]")


def test_where_there_is_no_proc_a_process_is_known_by_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "BOOT_ID", Path("/no/such/file"))
    pid, boot, birth, end = claim.identity_of(os.getpid()).split("\n")
    assert (pid, boot, end) == (str(os.getpid()), "", "")
    assert len(birth.split()) == 5


def test_a_process_with_threads_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a list of two threads
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(preload, "THREADS", tmp_path)
    with pytest.raises(ForgeError, match="has 2 threads after its imports; expected 1"):
        preload.refuse_threads()
    # and a system that cannot tell is trusted
    monkeypatch.setattr(preload, "THREADS", tmp_path / "none")
    preload.refuse_threads()


WATCHED_PRELOAD = """
import os, torch
from torch.utils._python_dispatch import TorchDispatchMode
from agent_forge.fork_server.preload import preload

operations = []

class Watch(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        operations.append(str(function))
        return function(*args, **(kwargs or {}))

state = torch.get_rng_state()
with Watch():
    preload()
assert torch.equal(torch.get_rng_state(), state)
print(operations, os.listdir("/proc/self/task") == [str(os.getpid())])
"""


def test_loading_what_jobs_need_computes_nothing_and_starts_no_thread() -> None:
    command = [sys.executable, "-c", WATCHED_PRELOAD]
    done = subprocess.run(command, cwd=CONTAINERS, env=START, capture_output=True, text=True)
    assert done.stdout == "[] True\n", done.stderr


def test_a_server_that_cannot_load_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a requirement that is not installed
    monkeypatch.setattr(preload, "MODULES", ("no_such_package",))
    # when
    code = run_fork_server(str(tmp_path / "s"), 1.0)
    # then
    assert code == EXIT_CODES["dependency"]
    assert "no_such_package" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_changes_while_it_is_loaded_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hashes = iter(["one", "two"])
    monkeypatch.setattr("agent_forge.fork_server.command.package_hash", lambda: next(hashes))
    monkeypatch.setattr(preload, "preload", lambda: None)
    assert run_fork_server(str(tmp_path / "s"), 1.0) == EXIT_CODES["conflict"]
    assert "changed while it was loaded" in capsys.readouterr().err


def test_a_phase_that_cannot_be_imported_does_not_keep_the_others_from_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("agent_forge.registry.PHASES", {"broken": "agent_forge.no_such_phase"})
    preload._preload_phases()
    assert "no_such_phase" in capsys.readouterr().err


def test_the_package_hash_follows_code_and_requirements() -> None:
    assert len(package_hash()) == 64
    assert package_hash() != whole_code_hash()
