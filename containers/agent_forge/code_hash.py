"""Hashes of this package's source, so that results and checkpoints say which code made them."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

# Python, and what the kernels are compiled from; what was compiled is named after its source.
SOURCES = (".py", ".c")
# No job runs these: experiments, exports, the server that forks jobs, the list that says where phases stand.
NO_JOB_RUNS = ("experiments", "export", "fork_server", "registry.py")


def code_hash(phase: str) -> str:
    """SHA-256 over the code that jobs of a phase run: what phases share, and the phase's own folder.

    Another phase's folder is left out: its changes must not make this phase's results count as those of other
    code. The job runner computes the same in `local/jobs/package-hash.ts`.

    Args:
        phase: its slug, for example `quiet-star`; its folder is `quiet_star`.
    """
    return _digest({path: sha256 for path, sha256 in source_files().items() if _is_run_by(path, phase)})


def whole_code_hash() -> str:
    """SHA-256 over all source of the package: what a process that has loaded them depends on."""
    return _digest(source_files())


@lru_cache(maxsize=1)
def source_files() -> Mapping[str, str]:
    """SHA-256 of each source file by its path below the package, in sorted order; read once per process."""
    package = Path(__file__).resolve().parent
    return {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(package.rglob("*"))
        if path.suffix in SOURCES
    }


def _is_run_by(path: str, phase: str) -> bool:
    parts = path.split("/")
    if parts[0] == "phases" and len(parts) > 2:
        return parts[1] == phase.replace("-", "_")
    return parts[0] not in NO_JOB_RUNS


def _digest(files: Mapping[str, str]) -> str:
    lines = "".join(f"{path} {sha256}\n" for path, sha256 in files.items())
    return hashlib.sha256(lines.encode()).hexdigest()
