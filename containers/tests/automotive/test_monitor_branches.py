"""Every branch of the monitor is taken by its tests: measured, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

CONTAINERS = Path(__file__).resolve().parents[2]
REVIEWED = ("gate", "session", "process")


def test_the_tests_of_the_monitor_take_each_of_its_branches(tmp_path: Path) -> None:
    # given
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment |= {"COVERAGE_FILE": str(tmp_path / "coverage"), "PYTHONPATH": str(CONTAINERS)}
    coverage = [sys.executable, "-m", "coverage"]
    tests = [f"tests/automotive/test_monitor_{name}.py" for name in ("gate", "session")]
    measured = ",".join(f"agent_forge/automotive/monitor/{name}.py" for name in REVIEWED)
    # when
    run = ["run", "--rcfile=/dev/null", "--branch", f"--include={measured}", "-m", "pytest", "-q", *tests]
    subprocess.run([*coverage, *run], cwd=CONTAINERS, env=environment, check=True, timeout=300)
    report = [*coverage, "json", "--rcfile=/dev/null", "-o", str(tmp_path / "report.json")]
    subprocess.run(report, cwd=CONTAINERS, env=environment, check=True, timeout=300)
    # then
    files = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["files"]
    assert len(files) == len(REVIEWED)
    for name, found in files.items():
        summary = found["summary"]
        assert summary["num_branches"] > 0, name
        assert (found["missing_lines"], found.get("missing_branches")) == ([], []), name
