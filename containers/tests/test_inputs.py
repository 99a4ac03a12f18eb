"""What a job reads: corpus, registered models, outputs of earlier stages."""

import json
from pathlib import Path

import pytest

from agent_forge.errors import ForgeError
from agent_forge.inputs import JobInputs
from agent_forge.lineage import ModelShelf
from agent_forge.properties import measure_model
from agent_forge.storage.local import path_of
from tests.support.job_room import DOCUMENTS, MODEL_ID, JobRoom
from tests.support.toy_model import write_toy_model

FIVE_STEPS = {"steps": 5, "warmup_steps": 0}


def _inputs(room: JobRoom, *items: dict) -> JobInputs:
    return JobInputs(items, room.storage, room.blobs, ModelShelf(room.blobs), room.path("fetched"))


def _published_model(room: JobRoom) -> Path:
    folder = write_toy_model(room.path("model"))
    (folder / "properties.json").write_text(json.dumps(measure_model(folder)))
    return folder


def test_the_corpus_comes_document_by_document_in_file_order_as_often_as_asked(room: JobRoom) -> None:
    inputs = _inputs(room, room.corpus_input())
    for _ in range(2):
        assert [{"id": document.id, "text": document.text} for document in inputs.corpus()] == DOCUMENTS


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b'{"id": "x"}',
        b'{"id": 1, "text": "x"}',
        b'{"id": "x", "text": null}',
        b"[]",
        b'{"id": "x", "text": "\xff"}',
    ],
)
def test_a_line_that_is_no_document_is_the_users_and_is_named(room: JobRoom, line: bytes) -> None:
    # given a corpus whose hash is right and whose second line is wrong
    blob = room.publish(b'{"id": "a", "text": "fine"}\n' + line + b"\n")
    item = {"name": "corpus", "kind": "corpus", "corpusId": "mine", **blob.to_json()}
    # when
    with pytest.raises(ForgeError, match="line 2 of corpus mine") as caught:
        list(_inputs(room, item).corpus())
    # then
    assert caught.value.kind == "validation"


def test_an_input_that_the_task_does_not_have_is_named_with_those_it_has(room: JobRoom) -> None:
    inputs = _inputs(room, room.stage_input("base"))
    with pytest.raises(
        ForgeError, match=r"one input of kind 'corpus'; the task spec has 0 .*base \(stage\)"
    ) as caught:
        list(inputs.corpus())
    assert caught.value.kind == "contract"
    with pytest.raises(ForgeError, match="named 'teacher'"):
        inputs.model("teacher")


def test_a_registered_model_is_fetched_and_measured_again(room: JobRoom) -> None:
    # given
    folder = _published_model(room)
    inputs = _inputs(room, room.model_input("teacher", folder))
    # when
    fetched = inputs.model("teacher")
    # then
    assert {path.name for path in fetched.iterdir()} == {path.name for path in folder.iterdir()}
    assert inputs.model("teacher") == fetched


def test_a_registered_model_that_is_not_what_it_says_is_refused(room: JobRoom) -> None:
    # given a model that was published with the properties of another
    folder = _published_model(room)
    properties = json.loads((folder / "properties.json").read_text())
    (folder / "properties.json").write_text(json.dumps({**properties, "layers": 3}))
    # when / then
    with pytest.raises(ForgeError, match=r"Input model 'teacher' is not what .*layers is 2, stated as 3"):
        _inputs(room, room.model_input("teacher", folder)).model("teacher")


def test_a_damaged_file_of_a_model_is_corrupt(room: JobRoom) -> None:
    item = room.model_input("teacher", _published_model(room))
    path_of(item["files"][0]["uri"]).write_bytes(b"rot")
    with pytest.raises(ForgeError, match="does not hold what its record says") as caught:
        _inputs(room, item).model("teacher")
    assert caught.value.kind == "corrupt"
    assert item["modelId"] == MODEL_ID


def _run_array(room: JobRoom, size: int) -> None:
    task = room.task(stage="variants", kind="array", size=size, config=FIVE_STEPS)
    for index in range(size):
        assert room.run(task, AWS_BATCH_JOB_ARRAY_INDEX=str(index)).code == 0


def test_the_outputs_of_a_stage_come_in_index_order_with_their_files(room: JobRoom) -> None:
    # given a single stage and an array stage that have run
    room.run(room.task(config=FIVE_STEPS))
    _run_array(room, 2)
    inputs = _inputs(room, room.stage_input("base"), room.stage_input("variants"))
    # when
    (base,) = inputs.stage_outputs("base")
    variants = inputs.stage_outputs("variants")
    # then
    assert (base.index, list(base.models), list(base.artifacts)) == (
        None,
        ["base", "child"],
        ["metrics.jsonl"],
    )
    assert (base.models["base"] / "model.safetensors").is_file()
    assert base.artifacts["metrics.jsonl"].read_text().count("\n") == 5
    assert [output.index for output in variants] == [0, 1]
    assert variants[0].models["base"] != variants[1].models["base"]
    assert variants[1].metrics[0]["index"] == 1


def test_indices_are_ordered_as_numbers_and_a_gap_is_refused(room: JobRoom) -> None:
    # given the results of twelve children that publish nothing
    room.run(room.task(config=FIVE_STEPS))
    result = {**room.result(), "models": [], "artifacts": [], "metrics": []}
    for index in range(12):
        data = json.dumps({**result, "index": index}).encode()
        room.storage.write(room.uri(f"staging/many/{index}/result.json"), data)
    # when / then
    outputs = _inputs(room, room.stage_input("many")).stage_outputs("many")
    assert [output.index for output in outputs] == list(range(12))
    room.storage.delete(room.uri("staging/many/5/result.json"))
    with pytest.raises(ForgeError, match="found 0, 1, 2, 3, 4, 6, 7") as caught:
        _inputs(room, room.stage_input("many")).stage_outputs("many")
    assert caught.value.kind == "not_found"


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (None, "not_found", "found nothing"),
        (b"{", "corrupt", "is not JSON"),
        (b"{}", "corrupt", "result-manifest.schema.json"),
    ],
)
def test_a_stage_without_a_readable_result_is_refused(
    room: JobRoom, data: bytes | None, kind: str, message: str
) -> None:
    if data is not None:
        room.storage.write(room.uri("staging/base/result.json"), data)
    with pytest.raises(ForgeError, match=message) as caught:
        _inputs(room, room.stage_input("base")).stage_outputs("base")
    assert caught.value.kind == kind


def test_the_output_of_a_failed_job_is_not_used(room: JobRoom) -> None:
    # given
    room.run(room.task(), {"cognate": "tests.support.failing_phase"}, FAILURE="ForgeError")
    # when / then
    with pytest.raises(ForgeError, match="Stage 'base' has failed") as caught:
        _inputs(room, room.stage_input("base")).stage_outputs("base")
    assert caught.value.kind == "contract"
