"""Phase 7 as the queue runs it: a registered ternary model with a memory, through the entry point."""

import json
from pathlib import Path

import numpy as np
import pytest

from agent_forge.contracts import load_contract, validate
from agent_forge.graphs.probe import PROBE, write_probe
from agent_forge.graphs.session import GraphSession
from agent_forge.models.folder import load_model
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.properties import PROPERTIES, measure_model
from agent_forge.training.answers import answer_all, speaker
from agent_forge.training.baked_answers import BAKED_ANSWERS, baked_of, write_baked
from tests.data.texts import documents
from tests.graphs.toys import tokens, write_model
from tests.support.job_room import MODEL_ID, JobRoom

PHASES = {"deployment": "agent_forge.phases.deployment.phase"}
CONFIG = DeploymentConfig.preset("test").to_json()
PHASE = next(phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "deployment")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> JobRoom:
    """A room in which every stage has run, reading what the plan says."""
    room = JobRoom(tmp_path_factory.mktemp("deployment-jobs"))
    folder = write_model(room.path("registered"))
    teacher = load_model(folder).eval()
    asked = answer_all(teacher, [40, 41], [[50, 51], [60]], 3, seed=0)
    write_baked(folder / BAKED_ANSWERS, [baked_of(speaker(teacher), asked)])
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    texts = documents(12, sentences=30)
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(texts)])
    given = {"corpus": corpus, "models": room.model_input("run-baked", folder)}
    for stage in PHASE["stages"]:
        inputs = [given.get(name) or room.stage_input(name) for name in stage["reads"]]
        task = room.task(
            stage=stage["name"], phase="deployment", config=CONFIG, inputs=inputs, kind=stage["kind"]
        )  # fmt: skip
        job = room.run(task, PHASES)
        assert job.code == 0, job.stderr
        for event in job.events:
            validate(event, "event-line", kind="bug", where="an event")
    return room


def file_of(done: JobRoom, stage: str, name: str) -> Path:
    (found,) = (each for each in done.result(stage)["artifacts"] if each["name"] == name)
    return Path(found["uri"].removeprefix("file://"))


def test_a_second_process_traces_the_same_bytes(done: JobRoom, traced_toy: Path) -> None:
    for name in ("model.onnx", "model.onnx.data", "graph.json"):
        assert (
            file_of(done, "export", f"fp32-{name}").read_bytes() == (traced_toy / "fp32" / name).read_bytes()
        )


def metrics(done: JobRoom) -> dict[str, float]:
    stages = [stage["name"] for stage in PHASE["stages"]]
    return {each["name"]: each["value"] for stage in stages for each in done.result(stage)["metrics"]}


def test_the_model_goes_on_as_it_came_with_a_graph_beside_it(done: JobRoom, tmp_path: Path) -> None:
    (model,) = done.result("deploy")["models"]
    before, properties = measure_model(done.path("registered")), model["properties"]
    assert (model["role"], [parent["modelId"] for parent in model["parents"]]) == ("deployed", [MODEL_ID])
    assert properties["weightsHash"] == before["weightsHash"]
    assert properties["ternary"] == "masters"
    files = {each["path"]: each for each in model["files"]}
    for name in ("graph.json", "model.onnx", "model.onnx.data"):
        data = Path(files[f"onnx/{name}"]["uri"].removeprefix("file://")).read_bytes()
        (tmp_path / name).write_bytes(data)
    session = GraphSession.open(tmp_path)
    probe = json.loads(Path(files[f"onnx/{PROBE}"]["uri"].removeprefix("file://")).read_text())
    validate(probe, "deployment-probe", kind="bug", where=PROBE)
    again = write_probe(session, tmp_path, [np.array(each["tokens"]) for each in probe["cases"]])
    assert again == probe
    assert session.document["model"]["weightsHash"] == before["weightsHash"]
    logits, _ = session.step(tokens(2, 5).numpy(), session.start(2))
    assert logits.shape == (2, 5, session.document["model"]["vocabRows"])


def test_every_gate_has_its_figures_and_those_that_end_a_run_hold(done: JobRoom) -> None:
    found = metrics(done)
    assert {gate["metric"] for gate in PHASE["gates"]} <= found.keys()
    assert found["fp32/parity_difference"] <= 1e-4
    assert found["fp32/parity_top1"] == 1.0
    assert found["fp32/stepwise_difference"] <= 1e-4
    assert found["fp32/parity_batches"] == 2 * CONFIG["parity_batches"]
    assert found["fp32/cache_bytes"] == found["fp32/cache_bytes_expected"]
    assert found["int4/bytes"] < found["int8/bytes"] < found["fp32/bytes"]


def test_what_was_baked_is_asked_again_of_the_graph(done: JobRoom) -> None:
    found = metrics(done)
    assert found["input/baked_kl"] > 0
    assert found["chosen/baked_kl"] == pytest.approx(found["input/baked_kl"], rel=0.5)
    assert 0 <= found["chosen/baked_agreement"] <= 1


def test_every_highlight_has_its_figures(done: JobRoom) -> None:
    shown = {name for each in PHASE["highlights"] for name in each["figures"].values()}
    assert shown <= metrics(done).keys()


def test_every_point_of_the_plan_is_a_record_and_the_report_names_the_hardware(done: JobRoom) -> None:
    found, report = metrics(done), json.loads(file_of(done, "deploy", "deployment").read_text())
    for variant in ("fp32", "int8", "int4"):
        for batch in CONFIG["batches"]:
            point = f"{variant}_b{batch}_s{CONFIG['sequences'][0]}_t1"
            assert found[f"{point}/p50_ms"] <= found[f"{point}/p95_ms"] <= found[f"{point}/max_ms"]
            assert found[f"{point}/tokens_per_second"] > 0
    assert report["hardware"]["cores"] >= 1
    assert "onnxruntime" in report["hardware"]["runtime"]
    assert report["choice"]["variant"] in report["variants"]
    assert {each["variant"] for each in report["pareto"]} <= report["variants"].keys()
