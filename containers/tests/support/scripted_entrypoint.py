"""Stands in for `agent_forge.entrypoint` where a test is about processes: a task is a Python script.

Its exit code is the variable `code` that it leaves, or 0.
"""

import runpy
from collections.abc import Mapping


def run_job(task_uri: str, environment: Mapping[str, str], phases: Mapping[str, str] | None = None) -> int:
    """Run the script at a file:// address."""
    code: int = runpy.run_path(task_uri.removeprefix("file://"), {"environment": environment}).get("code", 0)
    return code
