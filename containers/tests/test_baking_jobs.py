"""Phase 6 as the queue runs it: a registered ternary model through the entry point, round after round."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent_forge.contracts import load_contract, validate
from agent_forge.phases.baking.config import BakingConfig
from agent_forge.properties import PROPERTIES, measure_model
from tests.phases.test_baking import CLERK, WRITER
from tests.phases.test_training import TEXTS, write_ternary
from tests.support.job_room import MODEL_ID, JobRoom

PHASES = {"baking": "agent_forge.phases.baking.phase"}
CONFIG = replace(
    BakingConfig.preset("test"), prompts=[CLERK, WRITER], order="sequence", steps=2
).to_json()  # fmt: skip
PHASE = next(phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "baking")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> JobRoom:
    """A room in which every stage of the plan has run as often as it asked, reading what the plan says."""
    room = JobRoom(tmp_path_factory.mktemp("baking-jobs"))
    folder: Path = write_ternary(room.path("registered"))
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(TEXTS)])
    given = {"corpus": corpus, "models": room.model_input("run-trained", folder)}
    names = [stage["name"] for stage in PHASE["stages"]]
    for turn in (0, 1, None):
        for stage in PHASE["stages"]:
            if ("repeat" in stage) != (turn is not None):
                continue
            inputs = []
            for name in stage["reads"]:
                earlier = (
                    turn is None or names.index(name) < names.index(stage["name"]) if name in names else True
                )
                of = 1 if turn is None else turn if earlier else turn - 1
                inputs.append(given[name] if name in given else room.stage_input(name, of, absent=of < 0))
            plan = {"kind": stage["kind"], "size": stage["size"], "round": turn}
            task = room.task(stage=stage["name"], phase="baking", config=CONFIG, inputs=inputs, **plan)
            job = room.run(task, PHASES)
            assert job.code == 0, job.stderr
            for event in job.events:
                validate(event, "event-line", kind="bug", where="an event")
    return room


def test_the_phase_ends_with_one_model_and_a_prompt_vector_per_bake(done: JobRoom) -> None:
    # given
    result = done.result("evaluate")
    (model,) = result["models"]
    before, properties = measure_model(done.path("registered")), model["properties"]
    # then
    assert model["role"] in ("baked", "unbaked")
    assert [parent["modelId"] for parent in model["parents"]] == [MODEL_ID]
    assert properties["ternary"] == before["ternary"] == "masters"
    assert properties["architectureHash"] == before["architectureHash"]
    assert properties["tokenizerHash"] == before["tokenizerHash"]
    assert properties["zeroMatrices"] == []
    assert properties["finite"]
    brought = {each["path"] for each in model["files"]}
    assert ("baked.safetensors" in brought) == (model["role"] == "baked")
    artifacts = {each["name"]: each["sha256"] for each in result["artifacts"]}
    for place in (0, 1):
        (card,) = (each for each in result["artifacts"] if each["name"] == f"prompt-vector-card-{place}")
        document = json.loads(Path(card["uri"].removeprefix("file://")).read_text(encoding="utf-8"))
        assert document["vector"]["sha256"] == artifacts[f"prompt-vector-{place}"]


def test_the_first_round_asks_for_the_second_prompt_and_the_second_for_none(done: JobRoom) -> None:
    assert [done.result("test", round=turn).get("again", False) for turn in (0, 1)] == [True, False]


def test_every_number_that_a_gate_asks_for_was_measured(done: JobRoom) -> None:
    measured = {metric["name"] for metric in done.result("evaluate")["metrics"]}
    assert {gate["metric"] for gate in PHASE["gates"]} | {"baked/accepted"} <= measured
