"""A job from its task spec to its exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent_forge.contracts import validate
from agent_forge.errors import EXIT_CODES
from agent_forge.storage.local import path_of
from tests.support.job_room import COUNTER, JOB_ID, JobRoom, finished, run_here, start_child

CONTAINERS = Path(__file__).resolve().parents[1]
FIVE_STEPS = {"steps": 5, "warmup_steps": 0}
FAILING = {"cognate": "tests.support.failing_phase"}


def test_a_job_runs_to_a_result_manifest_that_names_models_metrics_and_the_curve(room: JobRoom) -> None:
    # given a task for a phase that walks five steps
    task = room.task(config=FIVE_STEPS)
    # when
    done = room.run(task)
    # then
    assert (done.code, done.stderr) == (0, "a library that prints does not disturb the events\n")
    result = room.result()
    validate(result, "result-manifest", kind="bug", where="the result")
    assert (result["success"], result["error"], result["jobId"], result["attempt"]) == (True, None, JOB_ID, 1)
    assert [model["name"] for model in result["models"]] == ["base", "child"]
    assert {metric["name"] for metric in result["metrics"]} == {"walk/start", "walk/norm"}
    assert [artifact["name"] for artifact in result["artifacts"]] == ["metrics.jsonl"]
    assert done.types().count("training_metrics") == 5


def test_everything_a_result_names_is_there_and_verifies(room: JobRoom, tmp_path: Path) -> None:
    # given
    room.run(room.task(config=FIVE_STEPS))
    # when
    result = room.result()
    files = [file for model in result["models"] for file in model["files"]] + result["artifacts"]
    # then
    assert len(files) == 2 * 4 + 1
    for file in files:
        room.blobs.fetch(file["uri"], file["sha256"], file["bytes"], tmp_path / "copy")


def test_the_same_task_gives_the_same_weights_and_another_seed_others(room: JobRoom, tmp_path: Path) -> None:
    # when the same task runs in two rooms, and with another seed in a third
    hashes = []
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        own = JobRoom(tmp_path / name)
        own.run(own.task(config=FIVE_STEPS, seed=seed))
        hashes.append(own.result()["models"][0]["properties"]["weightsHash"])
    # then
    assert hashes[0] == hashes[1] != hashes[2]


def test_an_array_child_works_below_its_own_index(room: JobRoom) -> None:
    # given
    task = room.task(stage="variants", kind="array", size=3, config=FIVE_STEPS)
    # when
    done = room.run(task, AWS_BATCH_JOB_ARRAY_INDEX="2", AWS_BATCH_JOB_ID="job:2")
    # then
    assert done.code == 0
    result = room.result("variants", 2)
    assert (result["index"], result["jobId"]) == (2, "job:2")
    # Whoever takes the lines in knows whose they are; a job claims no place.
    assert done.events
    assert not any({"stage", "index"} & event["data"].keys() for event in done.events)
    assert "/variants/2/job:2/1/" in result["metrics"][0]["id"]


@pytest.mark.parametrize(
    ("stage", "index"), [({"kind": "array", "size": 3}, ""), ({"kind": "array", "size": 3}, "3"), ({}, "0")]
)
def test_an_array_index_that_does_not_fit_the_stage_is_refused(
    room: JobRoom, stage: dict, index: str
) -> None:
    done = room.run(room.task(config=FIVE_STEPS, **stage), AWS_BATCH_JOB_ARRAY_INDEX=index)
    assert done.code == EXIT_CODES["validation"]
    assert "AWS_BATCH_JOB_ARRAY_INDEX is" in done.stderr


def test_an_array_of_one_runs_as_a_plain_job(room: JobRoom) -> None:
    assert room.run(room.task(kind="array", config=FIVE_STEPS)).code == 0
    assert room.result()["index"] is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": "one"}, "/seed: 'one' is not of type 'integer'"),
        ({"surplus": 1}, "surplus"),
        (
            {"config": {"steps": 0}},
            "#/config does not fit contracts/schemas/phases/cognate.schema.json: /steps",
        ),
        ({"config": {"stepps": 5}}, "stepps"),
    ],
)
def test_a_task_spec_that_does_not_fit_its_schema_is_validation_and_names_the_place(
    room: JobRoom, changes: dict, message: str
) -> None:
    done = room.run(room.task(**changes))
    assert done.code == EXIT_CODES["validation"]
    assert message in done.stderr
    assert done.types() == ["error_notification"]


def test_a_task_spec_that_is_no_json_or_not_there_is_told_apart(room: JobRoom) -> None:
    room.storage.write(room.uri("tasks/broken.json"), b"{")
    assert room.run(room.uri("tasks/broken.json")).code == EXIT_CODES["validation"]
    assert room.run(room.uri("tasks/missing.json")).code == EXIT_CODES["not_found"]


def test_a_phase_that_the_image_does_not_run_is_a_dependency_error(room: JobRoom) -> None:
    done = room.run(room.task(), phases={"evomerge": "nowhere"})
    assert done.code == EXIT_CODES["dependency"]
    assert "does not run phase 'cognate'; it runs evomerge" in done.stderr


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("bug", "KeyError"),
        ("bug", "SystemExit"),
        ("out_of_memory", "MemoryError"),
        ("out_of_memory", "torch allocation"),
        ("disk_full", "ENOSPC"),
        ("disk_full", "safetensors ENOSPC"),
        ("disk_full", "EFBIG"),
        ("dependency", "EIO"),
        ("dependency", "read-only"),
        ("dependency", "EMFILE"),
        ("numeric", "NaN loss"),
        ("numeric", "NaN weight"),
        ("dependency", "missing package"),
        ("budget", "ForgeError"),
    ],
)
def test_a_failure_ends_with_the_exit_code_of_its_kind_and_a_result_that_says_why(
    room: JobRoom, kind: str, failure: str
) -> None:
    # when
    done = room.run(room.task(), FAILING, FAILURE=failure)
    # then
    assert done.code == EXIT_CODES[kind]
    result = room.result()
    assert (result["success"], result["models"], result["error"]["kind"]) == (False, [], kind)
    assert [metric["name"] for metric in result["metrics"]] == ["measured/before"]
    assert done.events[-1]["data"]["kind"] == kind
    assert (kind == "bug") == ("Traceback" in done.stderr)


def test_an_input_of_our_own_store_that_does_not_match_its_hash_is_corrupt(room: JobRoom) -> None:
    # given a corpus blob with one byte changed
    corpus = room.corpus_input()
    path_of(corpus["uri"]).write_bytes(b"X" + path_of(corpus["uri"]).read_bytes()[1:])
    # when
    done = room.run(room.task(inputs=[corpus]), FAILING, FAILURE="read corpus")
    # then
    assert done.code == EXIT_CODES["corrupt"]
    assert corpus["sha256"] in room.result()["error"]["message"]


def test_the_result_is_written_last(room: JobRoom) -> None:
    # given a job that dies before each of its renames in turn, the last of which is the result's
    task, before = room.task(config=FIVE_STEPS), 0
    while True:
        done = _die_before_rename(room, task, before)
        if done.code == 0:
            break
        # then there is no result as long as anything is missing
        assert not room.path("staging/base/result.json").exists(), f"before rename {before}"
        before += 1
    assert before >= 1
    assert room.result()["success"]


def _die_before_rename(room: JobRoom, task: str, number: int):
    def action() -> int:
        left, real = number, os.replace

        def counted(source: str, target: str) -> None:
            nonlocal left
            if left == 0:
                os._exit(137)
            left -= 1
            real(source, target)

        os.replace = counted  # type: ignore[assignment]
        return run_here(task, room.environment(), COUNTER)

    child = start_child(action, room.root / "child")
    return finished(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), room.root / "child")


def test_a_success_whose_exit_code_was_lost_is_not_run_again(room: JobRoom) -> None:
    # given a job that has succeeded
    task = room.task(config=FIVE_STEPS)
    room.run(task)
    # when the queue starts its next attempt, and when another job does the same work
    again = room.run(task, AWS_BATCH_JOB_ATTEMPT="2")
    other = room.run(task, AWS_BATCH_JOB_ATTEMPT="2", AWS_BATCH_JOB_ID="job-2")
    # then
    assert (again.code, again.events) == (0, [])
    assert "training_metrics" in other.types()
    assert room.result()["jobId"] == "job-2"


def test_a_result_of_an_earlier_execution_stands_where_the_task_says_so_and_the_code_is_the_same(
    room: JobRoom,
) -> None:
    # given a job that has succeeded under an earlier execution
    room.run(room.task(config=FIVE_STEPS))
    task = room.task(config=FIVE_STEPS, reuse=True)
    # when another job does the same work
    same = room.run(task, AWS_BATCH_JOB_ID="job-2")
    # then
    assert (same.code, same.events, room.result()["jobId"]) == (0, [], JOB_ID)
    # when the result is of other code, of another place, or a failure
    made = room.result()
    for change in ({"codeHash": "0" * 64}, {"stage": "variants"}, {"success": False}):
        room.path("staging/base/result.json").write_text(json.dumps({**made, **change}))
        other = room.run(task, AWS_BATCH_JOB_ID="job-3")
        # then
        assert (other.code, room.result()["jobId"]) == (0, "job-3")


def test_an_attempt_that_was_thought_dead_does_not_replace_the_answer_of_the_next(room: JobRoom) -> None:
    # given the result of attempt 2
    task = room.task(config=FIVE_STEPS)
    room.run(task, AWS_BATCH_JOB_ATTEMPT="2")
    # when attempt 1 comes to its end
    done = room.run(task, AWS_BATCH_JOB_ATTEMPT="1")
    # then
    assert done.code == EXIT_CODES["conflict"]
    assert (room.result()["attempt"], room.result()["success"]) == (2, True)


def test_help_is_printed_without_loading_torch() -> None:
    code = (
        "import sys; from agent_forge.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as stop: sys.exit(stop.code or ('torch' in sys.modules and 9))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=CONTAINERS, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "run one job of one stage" in done.stdout


def test_sigterm_ends_in_a_checkpoint_and_exit_75_and_the_next_attempt_ends_with_the_same_bits(
    room: JobRoom, tmp_path: Path
) -> None:
    # given a job that nobody disturbs
    calm = JobRoom(tmp_path / "calm")
    calm.run(calm.task(config={"steps": 40, "warmup_steps": 0}))
    # and the same job, slowed down, in a process of its own that is told to stop in mid-walk
    task = room.task(config={"steps": 40, "warmup_steps": 25})
    command = [sys.executable, "-m", "tests.support.run_counter", task]
    process = subprocess.Popen(
        command, cwd=CONTAINERS, env=room.environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["data"].get("step", 0) < 3:
        pass
    process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    events = [json.loads(line) for line in process.stdout]
    # then
    assert process.wait() == EXIT_CODES["preempted"]
    assert time.monotonic() - asked < 20
    saved = [event["data"]["step"] for event in events if event["type"] == "CheckpointSaved"]
    assert len(saved) == 1
    assert room.result()["error"]["kind"] == "preempted"
    # when another run is given a copy of the manifests, without the pointer
    shutil.copytree(room.path("checkpoints/base/manifests"), room.path("checkpoints/copy/manifests"))
    settings = {"steps": 40, "warmup_steps": 25}
    elsewhere = {"output": room.uri("staging/copy/"), "checkpoints": room.uri("checkpoints/copy/")}
    heir = room.run(room.task(config=settings, runId="01ARZ3NDEKTSV4RRFFQ69G5FAV", **elsewhere))
    # then it goes on from there as well
    walked = [event["data"]["step"] for event in heir.events if event["type"] == "training_metrics"]
    assert (heir.code, walked) == (0, list(range(saved[0], 40)))
    # when the next attempt runs
    done = room.run(room.task(config=settings), AWS_BATCH_JOB_ATTEMPT="2")
    # then it goes on at the very next step
    steps = [event["data"]["step"] for event in done.events if event["type"] == "training_metrics"]
    assert steps == list(range(saved[0], 40))
    # and ends where the undisturbed job ended, with all its numbers and the whole curve
    assert _numbers(room) == _numbers(calm)
    assert _curve_steps(room) == list(range(40))


def _numbers(room: JobRoom) -> tuple:
    """Everything of a result that must not depend on interruptions."""
    result = room.result()
    hashes = [model["properties"] for model in result["models"]]
    return hashes, [(metric["name"], metric["step"], metric["value"]) for metric in result["metrics"]]


def _curve_steps(room: JobRoom) -> list[int]:
    (curve,) = room.result()["artifacts"]
    lines = path_of(curve["uri"]).read_text().splitlines()
    return [json.loads(line)["step"] for line in lines]
