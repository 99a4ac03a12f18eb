"""Phase 4 as the queue runs it: a registered model through the entry point, stage after stage."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from agent_forge.contracts import load_contract, validate
from agent_forge.models.packed import as_stored, load_packed
from agent_forge.phases.bitnet.config import BitnetConfig
from agent_forge.properties import PROPERTIES, measure_model, verify_model
from agent_forge.registry import PHASES
from tests.phases.test_bitnet import TEXTS, load_model, write_input
from tests.support.job_room import MODEL_ID, JobRoom

CONFIG = replace(BitnetConfig.preset("test"), steps=4).to_json()
PHASE = next(phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "bitnet")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> JobRoom:
    """A room in which every stage of the plan has run, reading what the plan says."""
    room = JobRoom(tmp_path_factory.mktemp("bitnet-jobs"))
    folder: Path = write_input(room.path("registered"))
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(TEXTS)])
    given = {"corpus": corpus, "models": room.model_input("merged", folder)}
    for stage in PHASE["stages"]:
        inputs = [given[name] if name in given else room.stage_input(name) for name in stage["reads"]]
        plan = {"kind": stage["kind"], "size": stage["size"]}
        task = room.task(stage=stage["name"], phase="bitnet", config=CONFIG, inputs=inputs, **plan)
        job = room.run(task, PHASES)
        assert job.code == 0, job.stderr
        for event in job.events:
            validate(event, "event-line", kind="bug", where="an event")
    return room


def test_the_phase_ends_with_ternary_masters_that_keep_every_promise(done: JobRoom) -> None:
    (model,) = done.result("evaluate")["models"]
    properties = model["properties"]
    assert model["role"] == "ternary"
    assert [parent["modelId"] for parent in model["parents"]] == [MODEL_ID]
    assert properties["ternary"] == PHASE["output"]["sets"]["ternary"] == "masters"
    assert properties["thoughtTokens"] == 2
    assert properties["tokenizerSize"] == properties["vocabRows"]
    assert (properties["zeroMatrices"], properties["finite"]) == ([], True)
    assert model["architecture"]["quantised"]
    before = measure_model(done.path("registered"))
    assert properties["architectureHash"] == before["architectureHash"]
    assert properties["baseHash"] == before["weightsHash"]


def test_the_packed_file_is_an_artifact_beside_it_and_runs(done: JobRoom, tmp_path: Path) -> None:
    artifacts = {item["name"]: item for item in done.result("evaluate")["artifacts"]}
    assert {"packed.safetensors", "profile.json"} <= set(artifacts)
    item, (model,) = artifacts["packed.safetensors"], done.result("evaluate")["models"]
    path = done.blobs.fetch(item["uri"], item["sha256"], item["bytes"], tmp_path / "packed.safetensors")
    for file in model["files"]:
        done.blobs.fetch(file["uri"], file["sha256"], file["bytes"], tmp_path / "model" / file["path"])
    verify_model(tmp_path / "model", "the ternary model")
    tokens = torch.arange(20)[None] + 10
    with torch.no_grad():
        stored = as_stored(load_model(tmp_path / "model"), path)(tokens).logits_BTV
        assert torch.equal(load_packed(path)(tokens).logits_BTV, stored)


def test_a_packed_file_that_stands_as_a_model_is_measured_as_one(done: JobRoom, tmp_path: Path) -> None:
    item = next(i for i in done.result("evaluate")["artifacts"] if i["name"] == "packed.safetensors")
    done.blobs.fetch(item["uri"], item["sha256"], item["bytes"], tmp_path / "model.safetensors")
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((done.path("registered") / name).read_bytes())
    properties = measure_model(tmp_path)
    assert properties["ternary"] == "packed"
    assert properties["vocabRows"] == 320


def test_every_number_that_a_gate_asks_for_was_measured(done: JobRoom) -> None:
    measured = {metric["name"] for metric in done.result("evaluate")["metrics"]}
    bounds = {gate["bound"]["metric"] for gate in PHASE["gates"] if isinstance(gate["bound"], dict)}
    assert {gate["metric"] for gate in PHASE["gates"]} | bounds <= measured
