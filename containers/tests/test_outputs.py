"""What a job publishes, and the lineage that is measured with it."""

import json
from pathlib import Path

import pytest
import torch

from agent_forge.errors import ForgeError
from agent_forge.lineage import ModelShelf
from agent_forge.outputs import JobOutputs
from agent_forge.phase import Parent
from agent_forge.storage.local import path_of
from tests.support.job_room import MODEL_ID, JobRoom
from tests.support.toy_model import toy_tensors, write_toy_model


@pytest.fixture
def shelf(room: JobRoom) -> ModelShelf:
    """No models yet."""
    return ModelShelf(room.blobs)


@pytest.fixture
def outputs(room: JobRoom, shelf: ModelShelf) -> JobOutputs:
    """Nothing published yet."""
    return JobOutputs(room.blobs, shelf, room.path("published"))


def _publish(
    outputs: JobOutputs, room: JobRoom, name: str, scale: float = 1.0, *parents: Parent, seed: int = 0
) -> dict:
    tensors = {key: tensor * scale for key, tensor in toy_tensors(seed).items()}
    outputs.publish_model(name, "test", write_toy_model(room.path(name), tensors), parents)
    return outputs.models[-1]


def _from(name: str, weight: float = 1.0) -> Parent:
    return Parent("continued-from", name=name, weight=weight)


def test_a_published_model_lists_all_its_files_with_properties_among_them(
    outputs: JobOutputs, room: JobRoom
) -> None:
    # when
    model = _publish(outputs, room, "base")
    # then
    paths = [file["path"] for file in model["files"]]
    assert paths == ["config.json", "model.safetensors", "properties.json", "tokenizer.json"]
    stored = json.loads(path_of(model["files"][2]["uri"]).read_bytes())
    assert stored == model["properties"]
    assert model["properties"]["weightsHash"] == model["files"][1]["sha256"]


def test_children_and_grandchildren_go_back_to_the_same_base_at_their_own_distance(
    outputs: JobOutputs, room: JobRoom
) -> None:
    # given a base, two children and a merge of them
    base = _publish(outputs, room, "base")["properties"]
    child = _publish(outputs, room, "child", 1.5, _from("base"))["properties"]
    merged = _publish(outputs, room, "merged", 1.25, _from("base", 0.5), _from("child", 0.5))["properties"]
    # then
    assert (base["baseHash"], base["relativeTaskVector"], base["parents"]) == (None, None, 0)
    assert child["baseHash"] == merged["baseHash"] == base["weightsHash"]
    assert (child["relativeTaskVector"], merged["relativeTaskVector"]) == pytest.approx((0.5, 0.25))
    assert (child["parents"], merged["parents"]) == (1, 2)


def test_parents_of_different_bases_have_no_common_one(outputs: JobOutputs, room: JobRoom) -> None:
    _publish(outputs, room, "one", seed=1)
    _publish(outputs, room, "two", seed=2)
    merged = _publish(outputs, room, "merged", 1.0, _from("one"), _from("two"), seed=3)
    assert (merged["properties"]["baseHash"], merged["properties"]["relativeTaskVector"]) == (None, None)


def test_a_registered_parent_gives_its_base_even_when_the_base_itself_is_not_here(
    outputs: JobOutputs, room: JobRoom, shelf: ModelShelf
) -> None:
    # given a registered model that knows its base
    properties = {"weightsHash": "1" * 64, "baseHash": "2" * 64}
    shelf.add(f"id:{MODEL_ID}", room.path("registered"), properties, [])
    # when
    child = _publish(outputs, room, "child", 1.0, Parent("quantised-from", model_id=MODEL_ID))
    # then
    assert (child["properties"]["baseHash"], child["properties"]["relativeTaskVector"]) == ("2" * 64, None)
    edge = {"name": None, "modelId": MODEL_ID, "relation": "quantised-from", "weight": 1.0}
    assert child["parents"] == [edge]


def test_an_unknown_parent_is_refused_with_the_known_ones(outputs: JobOutputs, room: JobRoom) -> None:
    _publish(outputs, room, "base")
    with pytest.raises(ForgeError, match=r"Parent 'bass' is no model that this job .*\(base\)") as caught:
        _publish(outputs, room, "child", 1.0, _from("bass"))
    assert caught.value.kind == "contract"


def test_a_config_that_tells_of_another_base_is_refused(outputs: JobOutputs, room: JobRoom) -> None:
    folder = write_toy_model(room.path("model"), config={"lineage": {"base_hash": "3" * 64}})
    with pytest.raises(
        ForgeError, match=r"says lineage\.base_hash 3{64}; its parents lead to None"
    ) as caught:
        outputs.publish_model("model", "test", folder, [])
    assert caught.value.kind == "contract"


def test_a_model_with_nan_is_not_published(outputs: JobOutputs, room: JobRoom) -> None:
    tensors = toy_tensors()
    tensors["embedding.weight"][3, 2] = float("nan")
    with pytest.raises(ForgeError, match="not finite") as caught:
        outputs.publish_model("model", "test", write_toy_model(room.path("model"), tensors), [])
    assert caught.value.kind == "numeric"
    assert outputs.models == []
    assert room.storage.list(room.uri("blobs/")) == []


@pytest.mark.parametrize("name", ["", "Upper", "with space", "-dash", "a" * 64, "up/../and-away"])
def test_a_model_name_that_no_record_could_hold_is_a_bug(
    outputs: JobOutputs, room: JobRoom, name: str
) -> None:
    with pytest.raises(ForgeError, match="Cannot publish model") as caught:
        outputs.publish_model(name, "test", write_toy_model(room.path("model")), [])
    assert caught.value.kind == "bug"


@pytest.mark.parametrize("name", ["", "..", "a/b", "x" * 121])
def test_an_artifact_name_is_one_file_name(outputs: JobOutputs, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ForgeError, match="Cannot publish artifact"):
        outputs.publish_artifact(name, tmp_path / "file", "text/plain")


def test_publishing_a_name_twice_is_a_bug(outputs: JobOutputs, room: JobRoom, tmp_path: Path) -> None:
    # given
    _publish(outputs, room, "base")
    (tmp_path / "file").write_text("x")
    outputs.publish_artifact("report.md", tmp_path / "file", "text/markdown")
    # when / then
    with pytest.raises(ForgeError, match="model 'base' twice"):
        _publish(outputs, room, "base")
    with pytest.raises(ForgeError, match=r"artifact 'report\.md' twice"):
        outputs.publish_artifact("report.md", tmp_path / "file", "text/markdown")


def test_a_phase_may_go_on_in_its_folder_after_publishing(outputs: JobOutputs, room: JobRoom) -> None:
    # given a published base whose folder is then overwritten
    base = _publish(outputs, room, "base")
    write_toy_model(room.path("base"), {key: torch.zeros_like(value) for key, value in toy_tensors().items()})
    # when a child of the published base is measured
    child = _publish(outputs, room, "child", 2.0, _from("base"))
    # then against what was published
    assert child["properties"]["relativeTaskVector"] == pytest.approx(1.0)
    assert child["properties"]["baseHash"] == base["properties"]["weightsHash"]


def test_a_resumed_job_lists_what_was_published_before_and_can_build_on_it(
    outputs: JobOutputs, room: JobRoom
) -> None:
    # given a base that an earlier attempt published, and whose local copy is gone
    _publish(outputs, room, "base")
    resumed = JobOutputs(room.blobs, ModelShelf(room.blobs), room.path("next attempt"))
    resumed.restore(outputs.snapshot())
    # when
    child = _publish(resumed, room, "child", 3.0, _from("base"))
    # then
    assert [model["name"] for model in resumed.models] == ["base", "child"]
    assert child["properties"]["relativeTaskVector"] == pytest.approx(2.0)
