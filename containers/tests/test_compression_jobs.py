"""Phase 8 as the queue runs it: a registered model through the entry point, and through kills."""

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agent_forge.contracts import load_contract, validate
from agent_forge.phases.compression.config import CompressionConfig
from agent_forge.properties import PROPERTIES, measure_model
from agent_forge.registry import PHASES
from tests.phases.test_training import TEXTS, write_ternary
from tests.support.job_room import MODEL_ID, JobRoom, finished, run_here, start_child

CONFIG = replace(
    CompressionConfig.preset("test"), workers=1, held_out_tokens=512,
    candidates=["rtn8-g64", "rtn4-g64", "vptq-v2k16", "seedlm-k12c8p3", "seedlm-k12c8p4", "hyper-u64"],
).to_json()  # fmt: skip
PHASE = next(phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "compression")


def tasks(room: JobRoom, source: Path) -> dict[str, str]:
    """A task per stage of the plan, reading what the plan says."""
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(TEXTS)])
    given = {"corpus": corpus, "models": room.model_input("run-baked", source)}
    return {
        stage["name"]: room.task(
            stage=stage["name"], phase="compression", config=CONFIG, kind=stage["kind"], size=1,
            inputs=[given[name] if name in given else room.stage_input(name) for name in stage["reads"]],
            limits={"timeoutSeconds": 600, "checkpointSeconds": 3600, "checkpointSteps": 1},
        )
        for stage in PHASE["stages"]
    }  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = write_ternary(tmp_path_factory.mktemp("registered") / "model")
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, source: Path) -> JobRoom:
    """A room in which every stage of the plan has run."""
    room = JobRoom(tmp_path_factory.mktemp("compression-jobs"))
    for task in tasks(room, source).values():
        job = room.run(task, PHASES)
        assert job.code == 0, job.stderr
        for event in job.events:
            validate(event, "event-line", kind="bug", where="an event")
    return room


def result(room: JobRoom, stage: str) -> dict:
    return room.result(stage)


def test_the_phase_ends_with_one_model_that_keeps_every_promise(done: JobRoom, source: Path) -> None:
    (model,) = result(done, "choose")["models"]
    properties, before = model["properties"], measure_model(source)
    assert model["role"] in ("compressed", "uncompressed")
    assert [parent["modelId"] for parent in model["parents"]] == [MODEL_ID]
    for name in ("architectureHash", "tokenizerHash", "ternary", "thoughtTokens", "parameters"):
        assert properties[name] == before[name]
    assert properties["finite"]


def test_the_file_is_an_artifact_beside_the_model(done: JobRoom) -> None:
    names = {item["name"] for item in result(done, "choose")["artifacts"]}
    assert {"compressed.forge", "choices"} <= names


def test_every_number_that_a_gate_asks_for_was_measured(done: JobRoom) -> None:
    measured = {metric["name"] for metric in result(done, "choose")["metrics"]}
    assert {gate["metric"] for gate in PHASE["gates"]} | {"compressed/accepted"} <= measured


def test_jobs_that_are_killed_again_and_again_end_with_the_same_bytes(
    done: JobRoom, source: Path, tmp_path: Path
) -> None:
    # given a room whose jobs are killed without warning, once while each stage runs
    room, killed = JobRoom(tmp_path), 0
    for number, task in enumerate(tasks(room, source).values()):
        environment = room.environment()
        folder = room.path(f"killed-{number}")
        child = start_child(lambda task=task, env=environment: run_here(task, env, PHASES), folder)
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if (folder / "stdout").exists() and "compression_progress" in (folder / "stdout").read_text():
                os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                killed += os.waitstatus_to_exitcode(status) == -signal.SIGKILL
                break
            time.sleep(0.005)
        # when each is run again
        job = room.run(task, PHASES, AWS_BATCH_JOB_ATTEMPT="2")
        assert job.code == 0, job.stderr
    # then
    assert killed >= 2
    for stage in ("measure", "encode", "choose"):
        ours, theirs = (
            {
                item["name"]: item["sha256"]
                for item in result(each, stage)["artifacts"]
                if item["name"] != "metrics.jsonl"
            }
            for each in (room, done)
        )
        assert ours == theirs
    ours, theirs = (result(each, "choose")["models"][0]["properties"]["weightsHash"] for each in (room, done))
    assert ours == theirs


def test_a_killed_encoding_goes_on_from_its_checkpoint(source: Path, done: JobRoom, tmp_path: Path) -> None:
    room = JobRoom(tmp_path)
    given = tasks(room, source)
    assert room.run(given["measure"], PHASES).code == 0
    environment = room.environment()
    child = start_child(lambda: run_here(given["encode"], environment, PHASES), room.path("killed"))
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        if (room.path("killed") / "stdout").exists() and '"CheckpointSaved"' in (
            room.path("killed") / "stdout"
        ).read_text():
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.005)
    before = sum('"encoded"' in line for line in (room.path("killed") / "stdout").read_text().splitlines())
    job = room.run(given["encode"], PHASES, AWS_BATCH_JOB_ATTEMPT="2")
    assert job.code == 0, job.stderr
    again = sum(event["type"] == "compression_progress" for event in job.events)
    whole = len(json.loads(Path(artifact(done, "index")).read_text(encoding="utf-8")))
    assert before >= 1
    assert again < whole
    assert artifact(room, "encodings").rpartition("/")[2] == artifact(done, "encodings").rpartition("/")[2]
    assert finished(0, room.path("killed")).events


def artifact(room: JobRoom, name: str) -> str:
    (item,) = (each for each in result(room, "encode")["artifacts"] if each["name"] == name)
    return str(item["uri"]).removeprefix("file://")
