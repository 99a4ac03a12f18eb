"""Stages that repeat together: what each round is handed, what it keeps, and how another one is asked for."""

import json
from typing import Any

from agent_forge.storage.local import path_of
from tests.support.job_room import JOB_ID, JobRoom

ROUNDS = {"cognate": "tests.support.rounds_phase"}
CONFIG = {"steps": 3, "warmup_steps": 0}


def _run_round(room: JobRoom, turn: int) -> dict[str, Any]:
    """Both stages of a round; the result of the second."""
    before = room.stage_input("select", turn - 1, absent=turn == 0)
    draw = room.task("draw", kind="array", size=2, round=turn, config=CONFIG, inputs=[before])
    for index in ("0", "1"):
        finished = room.run(draw, ROUNDS, AWS_BATCH_JOB_ARRAY_INDEX=index)
        assert finished.code == 0, finished.stderr
    inputs = [room.stage_input("draw", turn), before]
    finished = room.run(room.task("select", kind="reduce", round=turn, config=CONFIG, inputs=inputs), ROUNDS)
    assert finished.code == 0, finished.stderr
    return room.result("select", round=turn)


def _seen(result: dict[str, Any]) -> Any:
    (artifact,) = [item for item in result["artifacts"] if item["name"] == "seen"]
    return json.loads(path_of(artifact["uri"]).read_text())


def test_each_round_goes_on_from_the_one_before_and_the_last_asks_for_no_other(room: JobRoom) -> None:
    # when three rounds run
    results = [_run_round(room, turn) for turn in range(3)]
    # then round 0 was handed nothing, every other one the best of the round before
    assert [_seen(result) for result in results] == [
        {"value": 2, "seen": []},
        {"value": 22, "seen": [2]},
        {"value": 222, "seen": [22]},
    ]
    assert [result.get("again", False) for result in results] == [True, True, False]
    assert [result["round"] for result in results] == [0, 1, 2]
    # and a stage after the group is handed the last round
    room.run(room.task("report", config=CONFIG, inputs=[room.stage_input("select", 2)]), ROUNDS)
    assert _seen(room.result("report")) == {"value": 222, "seen": [222]}


def test_the_records_of_two_rounds_are_two_records(room: JobRoom) -> None:
    # when
    results = [_run_round(room, turn) for turn in range(2)]
    metrics = [metric for result in results for metric in result["metrics"]]
    drawn = [room.result("draw", 1, turn)["metrics"][0] for turn in range(2)]
    # then a round shows its own figures only, under ids that name it
    assert [(metric["name"], metric["round"]) for metric in metrics] == [
        ("best/value", 0),
        ("best/value", 1),
    ]
    assert [metric["id"].split("/cognate/")[1] for metric in [*metrics, *drawn]] == [
        f"select/r0/{JOB_ID}/1/best/value",
        f"select/r1/{JOB_ID}/1/best/value",
        f"draw/r0/1/{JOB_ID}/1/draw-1/value",
        f"draw/r1/1/{JOB_ID}/1/draw-1/value",
    ]


def test_an_attempt_of_a_later_round_is_not_taken_for_one_that_was_overtaken(room: JobRoom) -> None:
    # given a round whose third attempt saved the checkpoint of the shared series
    _run_round(room, 0)
    before = room.stage_input("select", 0)
    draw = room.task("draw", kind="array", size=2, round=1, config=CONFIG, inputs=[before])
    for index in ("0", "1"):
        room.run(draw, ROUNDS, AWS_BATCH_JOB_ARRAY_INDEX=index)
    inputs = [room.stage_input("draw", 1), before]
    task = room.task("select", kind="reduce", round=1, config=CONFIG, inputs=inputs)
    assert room.run(task, ROUNDS, AWS_BATCH_JOB_ATTEMPT="3").code == 0
    # when the next round makes its first attempt / then it saves as well
    assert _run_round(room, 2)["success"]


def test_a_stage_that_does_not_end_a_group_cannot_ask_for_another_round(room: JobRoom) -> None:
    inputs = [room.stage_input("draw"), room.stage_input("select", absent=True)]
    task = room.task("select", kind="single", round=0, config=CONFIG, inputs=inputs)
    room.run(room.task("draw", round=0, config=CONFIG, inputs=[inputs[1]]), ROUNDS)
    # the outputs of the round lie where the input says
    room.storage.write(
        room.uri("staging/draw/result.json"), room.path("staging/draw/r0/result.json").read_bytes()
    )
    finished = room.run(task, ROUNDS)
    assert (finished.code, "only the reduce that ends a repeated group" in finished.stderr) == (70, True)
