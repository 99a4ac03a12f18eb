"""Target cloud: latency counts from when a call was meant to be sent; the template passes the linter."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agent_forge.phases.deployment.open_loop import open_loop, poisson_arrivals
from agent_forge.phases.deployment.serving_template import Serving, serving_dockerfile, serving_template


class Clock:
    """Time that passes when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def test_a_stall_is_paid_by_every_call_that_was_meant_to_be_sent_meanwhile() -> None:
    # given five calls a second apart, of .1 s each but for the second, which stalls
    clock, work = Clock(), iter([0.1, 2.5, 0.1, 0.1, 0.1])
    # when
    found = open_loop(
        lambda: clock.pass_by(next(work)), [0.0, 1.0, 2.0, 3.0, 4.0], clock, clock.pass_by
    )  # fmt: skip
    # then: a loop that waits for each answer would have seen one slow call
    assert found == pytest.approx([100.0, 2500.0, 1600.0, 700.0, 100.0])


def test_arrivals_are_poisson_and_the_same_for_a_seed() -> None:
    arrivals = poisson_arrivals(50.0, 20_000, seed=3)
    gaps = np.diff(arrivals)
    assert arrivals == poisson_arrivals(50.0, 20_000, seed=3) != poisson_arrivals(50.0, 20_000, seed=4)
    assert gaps.mean() == pytest.approx(1 / 50, rel=0.03)
    assert gaps.std() == pytest.approx(1 / 50, rel=0.05)  # as wide as its mean: exponential


@pytest.mark.parametrize("threads", [1, 3, 16])
def test_the_template_passes_the_linter_and_scales_by_what_was_measured(tmp_path: Path, threads: int) -> None:
    template = serving_template(Serving(threads, 1, 4, calls_per_minute=321.5))
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    linter = Path(sys.executable).with_name("cfn-lint")
    command = [
        str(linter),
        "--non-zero-exit-code",
        "error",
        "--format",
        "parseable",
        "--regions",
        "eu-central-1",
    ]
    linted = subprocess.run([*command, "--", str(path)], capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    resources = template["Resources"]
    policy = resources["FollowCalls"]["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    assert policy["TargetValue"] == 321.5
    assert int(resources["Task"]["Properties"]["Cpu"]) >= 1024 * threads
    scaled = resources["Range"]["Properties"]
    assert (scaled["MinCapacity"], scaled["MaxCapacity"]) == (1, 4)


def test_the_container_runs_as_nobody_with_the_threads_that_were_measured() -> None:
    lines = serving_dockerfile({"threads": 2}).splitlines()
    assert "ENV OMP_NUM_THREADS=2" in lines
    assert "USER 10001:10001" in lines
    assert json.loads(lines[-1].removeprefix("CMD "))[:3] == ["forge", "models", "serve"]
