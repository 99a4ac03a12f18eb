"""The two files by which the job runner knows a job: its claim, taken once, and its exit record.

Both are what the runner's shell writes for a job in a fresh process, so nobody sees a difference.
"""

import contextlib
import json
import os
import subprocess
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def identity_of(pid: int) -> str:
    """Three lines that name a process for ever: its number, the boot and its start.

    Args:
        pid: a process that lives or has not been reaped, so that the number is still its own.
    """
    boot = _boot_id()
    birth = _stat_line(pid) if boot else _started_according_to_ps(pid)
    return f"{pid}\n{boot}\n{birth}\n"


def take_claim(path: str) -> bool:
    """Create the claim with this process's identity in one step; False if someone has it already.

    Raises:
        OSError: the folder is missing or full.
    """
    draft = f"{path}.{os.getpid()}"
    Path(draft).write_text(identity_of(os.getpid()))
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(draft)
    return True


def write_exit(path: str, code: int) -> bool:
    """Let the exit record appear as a whole; False if it cannot be written (the disk is full)."""
    draft = f"{path}.tmp"
    try:
        Path(draft).write_text(json.dumps({"exitCode": code}, separators=(",", ":")) + "\n")
        os.replace(draft, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        return False
    return True


def _boot_id() -> str:
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""


def _stat_line(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").strip()


def _started_according_to_ps(pid: int) -> str:
    """For systems without /proc: the start to the second."""
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
