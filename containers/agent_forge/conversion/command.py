"""`python -m agent_forge convert`: starts the limited process and publishes what it made, or nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from agent_forge.errors import ForgeError, classify

SECONDS = 900
FILES = ("conversion.json", "model.safetensors")


def run_convert(source: str, out: str) -> int:
    """Run the command; the exit code. One JSON document goes to stdout.

    Args:
        source: path of a `.pt`, `.pth` or `.bin` file.
        out: folder to make; it must not exist.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        document, code = {"result": {**_convert(Path(source), Path(out)), "out": out}}, 0
    except Exception as error:
        failure = classify(error)
        document, code = {"error": failure.to_json()}, failure.exit_code
    sys.stdout.write(json.dumps(document) + "\n")
    return code


def _convert(source: Path, out: Path) -> dict[str, Any]:
    if not source.is_file():
        raise ForgeError("not_found", f"There is no file {source}.", {"code": "missing_file"})
    if out.exists():
        message = f"{out} is there already; name a folder that is not."
        raise ForgeError("conflict", message, {"code": "exists"})
    out.parent.mkdir(parents=True, exist_ok=True)
    # Beside its final place: a rename is atomic within one file system.
    staging = Path(tempfile.mkdtemp(prefix=".convert-", dir=out.parent))
    try:
        result = _in_child(source.resolve(), staging)
        if sorted(path.name for path in staging.iterdir()) != sorted(FILES):
            raise ForgeError("corrupt", "The limited process left other files than it was to write.")
        staging.chmod(0o755)
        staging.rename(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return result


def _in_child(source: Path, staging: Path) -> dict[str, Any]:
    """What the limited process answers; it inherits no variables of ours, and no descriptors."""
    package = Path(__file__).parent.parent.parent
    # Isolated from the folder that it starts in and from the user's: a module there would run.
    start = (
        f"import sys; sys.path.insert(0, {str(package)!r}); from agent_forge.conversion.child import main; "
    )
    command = [sys.executable, "-I", "-c", start + f"sys.exit(main({str(source)!r}, {str(staging)!r}))"]
    variables = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {**variables, "OMP_NUM_THREADS": "1", "HOME": str(staging), "TMPDIR": str(staging)}
    try:
        done = subprocess.run(
            command, cwd=staging, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        answer = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired as error:
        raise ForgeError("validation", f"Not converted within {SECONDS} s.", {"code": "timeout"}) from error
    except (ValueError, IndexError) as error:
        raise ForgeError(
            "validation",
            f"The limited process ended with {done.returncode} and no answer: the file wants more memory, "
            "time or space than a file of its size may.",
            {"code": "pickle_refused"},
        ) from error
    if "error" in answer:
        failure = answer["error"]
        raise ForgeError(failure["kind"], failure["message"], failure["detail"])
    result: dict[str, Any] = answer["result"]
    return result
