"""Target automotive as the queue runs it: a registered model, a graph, and all 17 files of the pack."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from agent_forge.automotive.pack.files import DECLARED, MEASURED, NAMES, STATUSES, TITLE
from agent_forge.automotive.pack.index import INDEX, MANIFEST
from agent_forge.automotive.pack.never_claimed import claims_in
from agent_forge.automotive.pack.signature import digest_of, holds
from agent_forge.contracts import load_contract
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.properties import PROPERTIES, measure_model
from tests.data.texts import documents
from tests.graphs.toys import write_model
from tests.support.job_room import JobRoom

PHASES = {"deployment": "agent_forge.phases.deployment.phase"}
STAGES = next(p for p in load_contract("phases.json")["phases"] if p["slug"] == "deployment")["stages"]
KEY = "5a" * 32
ELEMENT = "Completes texts of a test bench; no vehicle takes part."
CONFIG = {
    **DeploymentConfig.preset("test").to_json(), "target": "automotive", "variants": ["fp32"],
    "automotive_element": ELEMENT, "automotive_deadline_ms": 250,
    "automotive_window": 8, "automotive_calls": 40, "automotive_repeats": 20, "automotive_fuzz_cases": 300,
    "parity_batches": 1,
}  # fmt: skip
# Sections 04 to 12, 15 and 16: what the issue of evidence asks to be measured of a run's own model.
WANTED = {"04", "05", "06", "07", "08", "09", "10", "11", "12", "15", "16"}


def run(room: JobRoom, config: dict[str, Any]) -> list[Any]:
    """Every stage, as far as they succeed."""
    folder = write_model(room.path("registered"))
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    texts = documents(12, sentences=30)
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(texts)])
    given = {"corpus": corpus, "models": room.model_input("run-baked", folder)}
    jobs = []
    for stage in STAGES:
        inputs = [given.get(name) or room.stage_input(name) for name in stage["reads"]]
        task = room.task(
            stage=stage["name"], phase="deployment", config=config, inputs=inputs, kind=stage["kind"]
        )  # fmt: skip
        jobs.append(room.run(task, PHASES))
        if jobs[-1].code:
            break
    return jobs


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> JobRoom:
    room = JobRoom(tmp_path_factory.mktemp("automotive-jobs"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORGE_EVIDENCE_KEY", KEY)
        jobs = run(room, CONFIG)
    assert [job.code for job in jobs] == [0, 0, 0], jobs[-1].stderr
    return room


def texts_of(done: JobRoom) -> dict[str, str]:
    found = {each["name"]: each["uri"] for each in done.result("deploy")["artifacts"]}
    names = [*NAMES.values(), INDEX, MANIFEST]
    return {name: Path(found[name].removeprefix("file://")).read_text(encoding="utf-8") for name in names}


def head_of(name: str, text: str) -> dict[str, Any]:
    """Title, status and records of a file in whichever form it has."""
    if name.endswith(".csv"):
        title, status = (line.removeprefix("# ") for line in text.splitlines()[:2])
        return {"title": title, "status": status.removeprefix("status: "), "records": []}
    document = json.loads(text)
    if "bomFormat" in document:
        told = document["metadata"]["properties"]
        return {each["name"].removeprefix("agent-forge:"): json.loads(each["value"]) for each in told}
    return document


def test_there_are_17_files_each_with_the_fixed_title_and_a_status(done: JobRoom) -> None:
    texts = texts_of(done)
    assert len(NAMES) == 17
    for name in NAMES.values():
        head = head_of(name, texts[name])
        assert (head["title"], head["status"] in STATUSES) == (TITLE, True), name
    assert TITLE in texts[INDEX]


def test_eleven_files_are_measured_and_every_record_that_they_name_is_in_the_result(done: JobRoom) -> None:
    texts = texts_of(done)
    known = {each["id"] for each in done.result("deploy")["metrics"]}
    heads = {number: head_of(name, texts[name]) for number, name in NAMES.items()}
    measured = {number for number, head in heads.items() if head["status"] == MEASURED}
    assert measured == WANTED
    for number in WANTED:
        assert heads[number]["records"], number
        assert set(heads[number]["records"]) <= known, number


def test_every_figure_of_a_file_is_the_record_that_it_names(done: JobRoom) -> None:
    values = {each["id"]: each["value"] for each in done.result("deploy")["metrics"]}
    counted = 0
    for number in sorted(WANTED - {"15"}):
        document = json.loads(texts_of(done)[NAMES[number]])
        for name, figure in document["content"]["figures"].items():
            assert values[figure["record"]] == figure["value"], name
            counted += 1
    assert counted > 60


def test_the_manifest_hashes_every_file_and_the_signature_tells_a_change(done: JobRoom) -> None:
    texts = texts_of(done)
    manifest = json.loads(texts[MANIFEST])
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        name: digest_of(texts[name]) for name in NAMES.values()
    }
    assert manifest["index"]["sha256"] == digest_of(texts[INDEX])
    assert manifest["counts"][MEASURED] == len(WANTED)
    signature = json.loads(texts[NAMES["16"]])["content"]
    signed = {name: texts[name] for name in NAMES.values() if name != NAMES["16"]}
    assert signature["signed"]
    assert holds(signature, signed, bytes.fromhex(KEY))
    assert not holds(signature, signed, bytes.fromhex("5b" * 32))
    assert not holds(signature, {**signed, NAMES["08"]: texts[NAMES["08"]] + " "}, bytes.fromhex(KEY))


def test_no_text_of_the_pack_claims_what_is_never_claimed(done: JobRoom) -> None:
    for name, text in texts_of(done).items():
        assert claims_in(text) == [], name


def test_the_users_targets_are_shown_as_targets_beside_what_was_measured(done: JobRoom) -> None:
    texts = texts_of(done)
    time, detection, misses = json.loads(texts[NAMES["06"]])["content"]["targets"]
    figures = json.loads(texts[NAMES["08"]])["content"]["figures"]
    assert time["measured"] == figures["latency_p99_ms"]["value"]
    assert time["verdict"] == ("met" if time["measured"] <= 10 else "not met")
    for target in (detection, misses):
        assert "measured" not in target
        assert target["verdict"].startswith("not measured")


def test_latency_states_how_many_calls_it_counts(done: JobRoom) -> None:
    content = json.loads(texts_of(done)[NAMES["08"]])["content"]
    assert content["figures"]["latency_calls"]["value"] == CONFIG["automotive_calls"]
    assert sum(each["calls"] for each in content["histogram"]) == CONFIG["automotive_calls"]
    figures = [
        content["figures"][f"latency_{name}_ms"]["value"] for name in ("p50", "p95", "p99", "p99_9", "max")
    ]
    assert figures == sorted(figures)


def test_supervised_calls_and_faults_are_counted_by_another_process(done: JobRoom) -> None:
    figures = json.loads(texts_of(done)[NAMES["12"]])["content"]["figures"]
    assert figures["monitor_is_another_process"]["value"] == 1
    judged = sum(figures[f"supervised_{name}"]["value"] for name in ("accepted", "limited", "rejected"))
    assert judged > 20
    for fault in ("no_number", "beyond_range", "strange"):
        assert figures[f"reacted_{fault}"]["value"] == 1.0, fault


def test_requirements_trace_to_code_and_tests_and_no_test_of_the_room_is_an_orphan(done: JobRoom) -> None:
    texts, root = texts_of(done), Path(__file__).resolve().parents[2]
    wanted, traced = (list(csv.DictReader(texts[NAMES[number]].splitlines()[2:])) for number in ("02", "03"))
    assert {each["id"] for each in wanted} == {each["id"] for each in traced}
    tests = {each["test"] for each in traced if each["source"] == "wrapper"}
    assert tests == {
        path.relative_to(root).as_posix() for path in (root / "containers/tests/automotive").glob("test_*.py")
    }
    for each in traced:
        if each["source"] == "wrapper":
            assert (root / "containers/agent_forge" / each["design"]).is_file()


def test_what_the_user_declared_stands_as_declared(done: JobRoom) -> None:
    document = json.loads(texts_of(done)[NAMES["01"]])
    assert (document["status"], document["content"]["declared"]) == (DECLARED, ELEMENT)
