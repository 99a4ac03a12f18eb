"""Phase 5 as the queue runs it: a registered ternary model through the entry point, stage after stage."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent_forge.contracts import load_contract, validate
from agent_forge.phases.training.config import TrainingConfig
from agent_forge.properties import PROPERTIES, measure_model
from tests.phases.test_training import TEXTS, write_ternary
from tests.support.job_room import MODEL_ID, JobRoom

PHASES = {"training": "agent_forge.phases.training.phase"}
CONFIG = replace(TrainingConfig.preset("test"), steps=3, dreams="sample", dream_wake=2, edge=True).to_json()
PHASE = next(phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "training")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> JobRoom:
    """A room in which every stage of the plan has run, reading what the plan says."""
    room = JobRoom(tmp_path_factory.mktemp("training-jobs"))
    folder: Path = write_ternary(room.path("registered"))
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(TEXTS)])
    given = {"corpus": corpus, "models": room.model_input("run-ternary", folder)}
    for stage in PHASE["stages"]:
        inputs = [given[name] if name in given else room.stage_input(name) for name in stage["reads"]]
        plan = {"kind": stage["kind"], "size": stage["size"]}
        task = room.task(stage=stage["name"], phase="training", config=CONFIG, inputs=inputs, **plan)
        job = room.run(task, PHASES)
        assert job.code == 0, job.stderr
        for event in job.events:
            validate(event, "event-line", kind="bug", where="an event")
    return room


def test_the_phase_ends_with_one_trained_model_that_keeps_every_promise(done: JobRoom) -> None:
    # given
    (model,) = done.result("evaluate")["models"]
    before, properties = measure_model(done.path("registered")), model["properties"]
    # then
    assert model["role"] == "trained"
    assert [parent["modelId"] for parent in model["parents"]] == [MODEL_ID]
    assert properties["ternary"] == before["ternary"] == "masters"
    assert properties["architectureHash"] == before["architectureHash"]
    assert properties["tokenizerHash"] == before["tokenizerHash"]
    assert properties["weightsHash"] != before["weightsHash"]
    assert properties["zeroMatrices"] == []
    assert properties["finite"]


def test_every_number_that_a_gate_asks_for_was_measured(done: JobRoom) -> None:
    measured = {metric["name"] for metric in done.result("evaluate")["metrics"]}
    assert {gate["metric"] for gate in PHASE["gates"]} <= measured


def test_what_the_mechanisms_did_stands_in_the_training_jobs_result(done: JobRoom) -> None:
    measured = {metric["name"] for metric in done.result("train")["metrics"]}
    assert {"dreams/cycles", "dreams/forgotten", "edge/difficulty"} <= measured
