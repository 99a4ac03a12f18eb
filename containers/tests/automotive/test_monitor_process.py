"""The monitor runs beside the model, in a process of its own; when either is gone, the other says so."""

import os
import signal
import subprocess
import sys

from agent_forge.automotive.monitor.client import LOST, MonitorProcess
from agent_forge.automotive.monitor.gate import Bound, Limits

BOUND = Bound(low=0.0, high=1.0, rate=1e9, default=0.5)
# A deadline that a busy machine keeps.
LIMITS = Limits(bounds=(BOUND,), deadline_ms=30_000.0, score_most=1.0, hold_ms=1e6, hand_over_after=2)


def test_results_are_judged_by_another_process() -> None:
    with MonitorProcess(LIMITS, watchdog_ms=1e6) as monitor:
        assert monitor.pid != os.getpid()
        for sequence, (value, score) in enumerate([(0.25, 0.0), (2.0, 0.0), (0.25, 9.0)]):
            monitor.begin(sequence)
            answer = monitor.result(sequence, [value], score)
            assert answer["seq"] == sequence
        counters = monitor.counters()
    assert (counters["accepted"], counters["limited"], counters["ood"]) == (1, 1, 1)


def test_a_model_that_hangs_is_answered_for_and_silence_is_reported() -> None:
    hurried = Limits(bounds=(BOUND,), deadline_ms=1.0, score_most=1.0, hold_ms=1e6, hand_over_after=2)
    with MonitorProcess(hurried, watchdog_ms=5.0) as monitor:
        monitor.begin(1)
        answer = monitor.heard("seq", 60.0)
        silence = monitor.heard("watchdog", 60.0)
    assert answer is not None
    assert answer["reasons"] == ["deadline"]
    assert silence is not None
    assert silence["handOver"]


def test_without_a_monitor_nothing_of_the_model_is_used() -> None:
    with MonitorProcess(LIMITS, watchdog_ms=1e6) as monitor:
        os.kill(monitor.pid, signal.SIGKILL)
        monitor.begin(1)
        answer = monitor.result(1, [0.25], 0.0)
        counters = monitor.counters()
    assert (answer["values"], answer["handOver"], answer["reasons"]) == ([0.5], True, [LOST])
    assert counters == {}


def test_the_monitor_starts_without_torch_and_without_numpy() -> None:
    code = (
        "import sys, agent_forge.automotive.monitor.process;"
        "print(sorted({'torch', 'numpy'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(__file__))),
    )  # fmt: skip
    assert found.stdout.strip() == "[]"
