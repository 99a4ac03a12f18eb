"""The monitor's protocol: who is answered what and when, on its own clock, whatever comes in."""

import io
import json
import os
import random

import pytest

from agent_forge.automotive.monitor import process
from agent_forge.automotive.monitor.gate import Bound, Limits
from agent_forge.automotive.monitor.process import supervise
from agent_forge.automotive.monitor.session import Session, limits_of, written

BOUND = Bound(low=0.0, high=1.0, rate=1e6, default=0.5)
LIMITS = Limits(bounds=(BOUND,), deadline_ms=10.0, score_most=1.0, hold_ms=50.0, hand_over_after=2)
HELLO = json.dumps({"limits": written(LIMITS), "watchdogMs": 100})


class Clock:
    def __init__(self) -> None:
        self.ms = 0.0

    def __call__(self) -> float:
        return self.ms


def opened() -> tuple[Session, Clock]:
    clock = Clock()
    session = Session(clock)
    assert session.take(HELLO) == [{"ready": True}]
    return session, clock


def said(**message: object) -> str:
    return json.dumps(message)


def test_limits_survive_being_written_and_read() -> None:
    assert limits_of(json.loads(json.dumps(written(LIMITS)))) == LIMITS


def test_a_result_within_its_deadline_is_judged() -> None:
    session, clock = opened()
    assert session.take(said(begin=7)) == []
    clock.ms = 9.0
    assert session.take(said(result=7, values=[0.25], score=0)) == [
        {
            "seq": 7,
            "verdict": "accepted",
            "source": "model",
            "values": [0.25],
            "handOver": False,
            "reasons": [],
        }
    ]


def test_time_is_taken_by_the_monitor_and_not_by_the_model() -> None:
    session, clock = opened()
    session.take(said(begin=1))
    clock.ms = 10.5
    (answer,) = session.take(said(result=1, values=[0.25], score=0, elapsed=1))
    assert (answer["verdict"], answer["reasons"]) == ("rejected", ["deadline"])


def test_a_deadline_that_passes_is_said_without_a_result_and_the_result_counts_as_late() -> None:
    session, clock = opened()
    session.take(said(begin=1))
    assert session.wait_s() == pytest.approx(0.010)
    assert session.expire() == []
    clock.ms = 10.5
    (answer,) = session.expire()
    assert (answer["seq"], answer["reasons"], answer["values"]) == (1, ["deadline"], [0.5])
    assert session.take(said(result=1, values=[0.25], score=0)) == []
    (counters,) = session.take(said(counters=True))
    assert (counters["counters"]["late"], counters["counters"]["deadline"]) == (1, 1)


def test_a_question_that_is_overtaken_by_the_next_one_is_closed_first() -> None:
    session, _ = opened()
    session.take(said(begin=1))
    (answer,) = session.take(said(begin=2))
    assert (answer["seq"], answer["reasons"]) == (1, ["deadline"])
    assert session.take(said(result=1, values=[0.2], score=0)) == []
    assert session.take(said(result=2, values=[0.2], score=0))[0]["verdict"] == "accepted"


def test_a_result_without_a_score_is_not_used() -> None:
    session, _ = opened()
    session.take(said(begin=1))
    assert session.take(said(result=1, values=[0.2]))[0]["reasons"] == ["ood"]


def test_silence_is_reported_once_until_something_is_heard_again() -> None:
    session, clock = opened()
    assert session.wait_s() == pytest.approx(0.1)
    clock.ms = 100.5
    assert session.expire() == [{"watchdog": 100.5, "handOver": True}]
    assert session.expire() == []
    assert session.wait_s() == pytest.approx(3600.0)
    session.take(said(begin=1))
    clock.ms = 201.5
    assert [sorted(each)[0] for each in session.expire()] == ["handOver", "handOver"]


def test_a_hand_over_is_taken_back_by_a_reset() -> None:
    session, _ = opened()
    for sequence in range(2):
        session.take(said(begin=sequence))
        (answer,) = session.take(said(result=sequence, values=[], score=0))
    assert answer["handOver"]
    assert session.take(said(reset=True)) == [{"ready": True}]
    session.take(said(begin=3))
    assert not session.take(said(result=3, values=[0.1], score=0))[0]["handOver"]


@pytest.mark.parametrize(
    "line",
    ["", "nonsense", "[]", "3", "{}", '{"begin": "x"}', '{"begin": null}', '{"limits": 3}', '{"limits": {}}',
     '{"result": 1, "values": 3}', "[" * 100_000, '{"other": 1}'],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused_and_ends_nothing(line: str) -> None:
    session, _ = opened()
    session.take(said(begin=1))
    (answer,) = session.take(line)
    assert list(answer) == ["refused"]
    assert session.take(said(result=1, values=[0.2], score=0))[0]["verdict"] == "accepted"
    assert session.take(said(counters=True))[0]["counters"]["refused"] == 1


def test_nothing_is_judged_or_waited_for_before_the_limits_are_there() -> None:
    session = Session(Clock())
    assert "no limits" in session.take(said(begin=1))[0]["refused"]
    assert session.expire() == []
    assert session.wait_s() == pytest.approx(3600.0)


def test_random_lines_never_raise() -> None:
    session, clock = opened()
    rng = random.Random(5)
    words = ["begin", "result", "values", "score", "counters", "limits", "reset"]
    things = [0, 1, -1, 2.5, "x", None, [], [0.5], [None], {}, True, 1e400]
    for _ in range(3000):
        line = {rng.choice(words): rng.choice(things) for _ in range(rng.randrange(4))}
        text = json.dumps(line)
        session.take(text if rng.random() < 0.7 else text[: rng.randrange(len(text))])
        clock.ms += rng.random() * 20
        session.expire()


def test_the_process_answers_deadlines_by_itself_drops_endless_lines_and_leaves_with_its_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    reader, writer = os.pipe()
    monkeypatch.setattr(process, "LONGEST", 1000)  # more than the pipe holds would block this test
    out, waits = io.StringIO(), iter([1, 2, 3, 4, 5, 6])
    feed = {1: HELLO.encode() + b'\n{"begin": 1}\n{"res', 4: b"x" * (1010), 6: b""}
    real = process.select.select

    def select(*arguments: object) -> tuple[list[int], list[int], list[int]]:
        turn = next(waits)
        if feed.get(turn):
            os.write(writer, feed[turn])
        if turn == 6:
            os.close(writer)
        # Turn 3 waits for nothing: long enough for the deadline of 10 ms to pass.
        return real([reader], [], [], 0.05) if turn in (2, 3) else real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(process.select, "select", select)
    # when
    supervise(reader, out)
    os.close(reader)
    # then
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert answers[0] == {"ready": True}
    assert answers[1]["reasons"] == ["deadline"]
    assert any("refused" in answer for answer in answers[2:])
