"""`python -m agent_forge fork-server`: load what jobs need, then listen."""

import hashlib
import sys
from pathlib import Path

from agent_forge.code_hash import source_files, whole_code_hash
from agent_forge.errors import ForgeError, classify


def run_fork_server(path: str, idle_seconds: float) -> int:
    """Serve until retired or idle.

    Args:
        path: of the Unix socket, which appears when everything is loaded.
        idle_seconds: how long to stay without a client and without a job.

    Returns:
        0, or the exit code of the error's kind.
    """
    try:
        loaded = package_hash()
        from agent_forge.fork_server.preload import preload
        from agent_forge.fork_server.server import ForkServer

        preload()
        # Remembered from here on: a checkpoint names the code that runs, not what is on the disk by then.
        source_files.cache_clear()
        if package_hash() != loaded:
            raise ForgeError(
                "conflict", "The package changed while it was loaded; start the fork server again."
            )
        ForkServer(path, loaded, idle_seconds).serve()
    except Exception as error:
        failure = classify(error)
        sys.stderr.write(f"agent_forge fork-server: {failure.kind}: {failure.message}\n")
        return failure.exit_code
    return 0


def package_hash() -> str:
    """SHA-256 of this package's code and the requirements beside it; the job runner computes the same."""
    requirements = Path(__file__).resolve().parents[2] / "requirements.txt"
    pinned = hashlib.sha256(requirements.read_bytes()).hexdigest() if requirements.is_file() else "none"
    return hashlib.sha256(f"{whole_code_hash()} {pinned}\n".encode()).hexdigest()
