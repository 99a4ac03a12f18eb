"""Phase 3 as the queue runs it: a registered model through the entry point, stage after stage."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent_forge.contracts import load_contract, validate
from agent_forge.phases.quiet_star.config import QuietStarConfig
from agent_forge.properties import PROPERTIES, measure_model
from tests.phases.test_quiet_star import TEXTS, write_input
from tests.support.job_room import MODEL_ID, JobRoom

PHASES = {"quiet-star": "agent_forge.phases.quiet_star.phase"}
CONFIG = replace(QuietStarConfig.preset("test"), steps=3).to_json()
PHASE = next(phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "quiet-star")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> JobRoom:
    """A room in which every stage of the plan has run, reading what the plan says."""
    room = JobRoom(tmp_path_factory.mktemp("quiet-star-jobs"))
    folder: Path = write_input(room.path("registered"))
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(TEXTS)])
    given = {"corpus": corpus, "models": room.model_input("run-variant", folder)}
    for stage in PHASE["stages"]:
        inputs = [given[name] if name in given else room.stage_input(name) for name in stage["reads"]]
        plan = {"kind": stage["kind"], "size": stage["size"]}
        task = room.task(stage=stage["name"], phase="quiet-star", config=CONFIG, inputs=inputs, **plan)
        for index in range(stage["size"]):
            child = {"AWS_BATCH_JOB_ARRAY_INDEX": str(index)} if stage["size"] > 1 else {}
            job = room.run(task, PHASES, **child)
            assert job.code == 0, job.stderr
            for event in job.events:
                validate(event, "event-line", kind="bug", where="an event")
    return room


def test_the_phase_ends_with_one_thinking_model_that_keeps_every_promise(done: JobRoom) -> None:
    # given
    (model,) = done.result("evaluate")["models"]
    properties = model["properties"]
    # then
    assert model["role"] == "thinking"
    assert [parent["modelId"] for parent in model["parents"]] == [MODEL_ID]
    assert properties["thoughtTokens"] == PHASE["output"]["sets"]["thoughtTokens"] == 2
    assert properties["tokenizerSize"] == properties["vocabRows"]
    assert properties["zeroMatrices"] == []
    assert properties["finite"]


def test_the_architecture_stays_what_the_input_had(done: JobRoom) -> None:
    before = measure_model(done.path("registered"))
    (model,) = done.result("evaluate")["models"]
    assert model["properties"]["architectureHash"] == before["architectureHash"]
    assert model["properties"]["tokenizerHash"] == before["tokenizerHash"]
    assert model["properties"]["baseHash"] == before["weightsHash"]


def test_every_number_that_a_gate_asks_for_was_measured(done: JobRoom) -> None:
    measured = {metric["name"] for metric in done.result("evaluate")["metrics"]}
    assert {gate["metric"] for gate in PHASE["gates"]} | {"thoughts/effect"} <= measured
