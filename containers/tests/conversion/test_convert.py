"""Pickles of strangers, as the command converts or refuses them."""

import json
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

PACKAGE = Path(__file__).parents[2]
# Opcodes written by hand: no pickle library is imported, not even to make a bad file.
CALL = {
    "os.system": "cposix\nsystem\n(V{command}\ntR.",
    "builtins.eval": 'cbuiltins\neval\n(V__import__("os").system("{command}")\ntR.',
    "subprocess": "csubprocess\ncall\n((Vsh\nV-c\nV{command}\nltR.",
    "nested": "(dVweights\n(dVlayer\ncposix\nsystem\n(V{command}\ntRss.",
}
# As the interpreter of zip files of torch: the archive of a real file, with its pickle replaced.
WRITE = """
import sys, torch
torch.save({"model": {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones(2, dtype=torch.bfloat16)},
            "epoch": 3}, sys.argv[1])
"""


def _convert(source: Path, out: Path) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "agent_forge", "convert", str(source), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as training programs write it."""
    path = tmp_path_factory.mktemp("good") / "model.pt"
    subprocess.run([sys.executable, "-c", WRITE, str(path)], check=True)
    return path


def test_weights_become_safetensors_and_what_stays_behind_is_named(good: Path, tmp_path: Path) -> None:
    # when
    code, answer = _convert(good, tmp_path / "out")
    # then
    assert code == 0, answer
    tensors = load_file(tmp_path / "out" / "model.safetensors")
    assert torch.equal(tensors["a"], torch.arange(6.0).reshape(2, 3))
    assert tensors["b"].dtype == torch.bfloat16
    assert (answer["result"]["tensors"], answer["result"]["leftOut"]) == (2, ["epoch"])
    assert sorted(os.listdir(tmp_path / "out")) == ["conversion.json", "model.safetensors"]
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("way", CALL)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_pickle_that_runs_code_runs_none_and_leaves_nothing(
    good: Path, tmp_path: Path, way: str, wrapped: bool
) -> None:
    # given a file that would write a canary when it is loaded
    canary = tmp_path / "canary"
    bad = tmp_path / "bad.pt"
    data = CALL[way].replace("{command}", f"touch {canary}").encode()
    if wrapped:
        with zipfile.ZipFile(good) as whole, zipfile.ZipFile(bad, "w") as made:
            for name in whole.namelist():
                made.writestr(name, data if name.endswith("data.pkl") else whole.read(name))
    else:
        bad.write_bytes(data)
    # when
    code, answer = _convert(bad, tmp_path / "out")
    # then
    assert code == 64
    assert answer["error"]["detail"]["code"] == "pickle_refused"
    assert "weights_only" not in answer["error"]["message"]
    assert os.listdir(tmp_path) == ["bad.pt"]


@pytest.mark.parametrize("data", [b"", b"\x80\x02", b"PK\x03\x04 no archive", b"<html>"])
def test_a_file_that_is_damaged_is_refused_and_leaves_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.pt").write_bytes(data)
    code, answer = _convert(tmp_path / "bad.pt", tmp_path / "out")
    assert (code, answer["error"]["kind"]) == (64, "validation")
    assert os.listdir(tmp_path) == ["bad.pt"]


def test_a_missing_file_and_a_folder_that_exists_are_named(good: Path, tmp_path: Path) -> None:
    assert _convert(tmp_path / "none.pt", tmp_path / "out")[0] == 66
    (tmp_path / "out").mkdir()
    assert _convert(good, tmp_path / "out")[0] == 73
    assert os.listdir(tmp_path / "out") == []


LOCKED = """
import os, socket, sys
from pathlib import Path
from agent_forge.conversion.limits import lock_down
said = lock_down(Path(sys.argv[1]), 1000)
Path(sys.argv[1], "inside").write_text("x")
tries = {
    "socket": lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5),
    "system": lambda: os.system("true"),
    "fork": lambda: os.fork(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "write": lambda: Path(sys.argv[1]).parent.joinpath("outside").write_text("x"),
    "large": lambda: Path(sys.argv[1], "large").write_bytes(bytes(80 << 20)),
    "memory": lambda: bytearray(64 << 30),
}
refused = []
for name, attempt in tries.items():
    try:
        attempt()
    except (OSError, MemoryError):
        refused.append(name)
import ctypes
libc = ctypes.CDLL(None)
print(refused, libc.socket(2, 1, 0) if "filter" in said["programs"] else -1, said)
"""


def test_the_limited_process_reaches_no_network_and_starts_no_program(tmp_path: Path) -> None:
    # given a server that would be heard, and a process with its limits
    folder = tmp_path / "folder"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, "-c", LOCKED, str(folder), str(port)]
        done = subprocess.run(
            command, cwd=PACKAGE, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        )  # fmt: skip
    # then each try is refused, and the filter holds where the interpreter is gone around
    expected = "['socket', 'system', 'fork', 'exec', 'write', 'large', 'memory'] -1"
    assert done.stdout.startswith(expected), (done.stdout, done.stderr)
    assert not (tmp_path / "outside").exists()
