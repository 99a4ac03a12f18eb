"""Properties are measured from the files, and a changed model is refused by the property that changed."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from agent_forge.architecture import extract_architecture
from agent_forge.contracts import validate
from agent_forge.errors import ForgeError
from agent_forge.properties import LINEAGE_PROPERTIES, measure_model, relative_task_vector, verify_model
from tests.support.toy_model import toy_tensors, write_toy_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A toy model with its properties.json."""
    write_toy_model(tmp_path / "model")
    (tmp_path / "model" / "properties.json").write_text(json.dumps(measure_model(tmp_path / "model")))
    return tmp_path / "model"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_model_is_measured_from_its_files(folder: Path) -> None:
    # when
    measured = measure_model(folder)
    # then: 8 rows x 4, one gain of 4, two matrices of 4 x 4
    numbers = {
        "parameters": 68,
        "tensors": 4,
        "layers": 2,
        "hiddenSize": 4,
        "vocabRows": 8,
        "tokenizerSize": 8,
    }
    assert {name: measured[name] for name in numbers} == numbers
    assert (measured["reservedRows"], measured["tied"], measured["finite"]) == (4, True, True)
    assert measured["weightsHash"] == _sha256(folder / "model.safetensors")
    assert measured["tokenizerHash"] == _sha256(folder / "tokenizer.json")
    assert measured["bytes"] == (folder / "model.safetensors").stat().st_size
    assert (measured["zeroMatrices"], measured["ternary"], measured["baseHash"]) == ([], "none", None)
    validate(measured, "properties", kind="bug", where="the properties")


def test_the_architecture_record_comes_from_the_same_files(folder: Path) -> None:
    record = extract_architecture(folder, measure_model(folder))
    validate(record, "architecture", kind="bug", where="the architecture")
    assert (record["type"], record["parameters"], record["bits"], record["quantised"]) == (
        "tiny-titan",
        68,
        32.0,
        False,
    )


def test_bits_per_weight_are_those_that_are_stored(tmp_path: Path) -> None:
    # given half of the numbers in 16 bits
    tensors = {"embedding.weight": torch.ones(8, 4), "half": torch.ones(8, 4, dtype=torch.float16)}
    folder = write_toy_model(tmp_path, tensors)
    # when / then
    assert extract_architecture(folder, measure_model(folder))["bits"] == 24.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("name", sorted(toy_tensors()))
def test_one_number_that_is_not_finite_is_found_in_any_tensor(
    tmp_path: Path, name: str, value: float
) -> None:
    tensors = toy_tensors()
    tensors[name].view(-1)[-1] = value
    assert measure_model(write_toy_model(tmp_path, tensors))["finite"] is False


def test_a_matrix_without_a_number_in_it_is_named_and_a_zero_vector_is_not(tmp_path: Path) -> None:
    tensors = toy_tensors()
    tensors["blocks.1.attn.q.weight"].zero_()
    tensors["norm.weight"].zero_()
    assert measure_model(write_toy_model(tmp_path, tensors))["zeroMatrices"] == ["blocks.1.attn.q.weight"]


def test_thoughts_quantisation_and_tools_are_measured(tmp_path: Path) -> None:
    # given a thinking model with ternary masters and tools
    config = {
        "thought": {"enabled": True, "start_id": 3, "end_id": 4, "n_thought": 5},
        "quant": {"enabled": True},
        "tools": {"layers": 2, "types": ["calculator"]},
    }
    masters = measure_model(write_toy_model(tmp_path / "masters", config=config))
    assert (masters["thoughtTokens"], masters["ternary"]) == (2, "masters")
    assert (masters["toolLayers"], masters["toolTypes"]) == (2, ["calculator"])
    # and one whose ternary weights are packed
    packed = {**toy_tensors(), "blocks.0.attn.q.quant.packed": torch.zeros(4, dtype=torch.uint8)}
    assert measure_model(write_toy_model(tmp_path / "packed", packed, config))["ternary"] == "packed"


def test_late_blocks_do_not_change_the_architecture_hash_and_a_shape_does(tmp_path: Path) -> None:
    plain = measure_model(write_toy_model(tmp_path / "plain"))
    late = {
        **toy_tensors(),
        "thought.mix.weight": torch.ones(2, 2),
        "blocks.0.attn.q.lora.a": torch.ones(4, 1),
    }
    other = {**toy_tensors(), "norm.weight": torch.ones(5)}
    hashes = [
        measure_model(write_toy_model(tmp_path / name, tensors))["architectureHash"]
        for name, tensors in (("late", late), ("other", other))
    ]
    assert hashes[0] == plain["architectureHash"] != hashes[1]


@pytest.mark.parametrize("name", sorted(toy_tensors()))
def test_a_changed_weight_is_refused_on_loading_by_its_hash(folder: Path, name: str) -> None:
    # given a model one of whose numbers is changed after it was measured
    tensors = toy_tensors()
    tensors[name].view(-1)[0] += 1
    save_file(tensors, folder / "model.safetensors")
    # when
    with pytest.raises(ForgeError, match="weightsHash is") as caught:
        verify_model(folder, "The model")
    # then
    assert caught.value.kind == "contract"


WRONG = {"string": "0" * 64, "int": 7, "bool": False, "list": ["x"], "enum": "packed"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("architectureHash", "string"),
        ("tokenizerHash", "string"),
        ("weightsHash", "string"),
        *((name, "int") for name in ("parameters", "bytes", "tensors", "layers", "hiddenSize", "vocabRows")),
        *((name, "int") for name in ("tokenizerSize", "reservedRows", "thoughtTokens", "toolLayers")),
        ("tied", "bool"),
        ("finite", "bool"),
        ("zeroMatrices", "list"),
        ("toolTypes", "list"),
        ("ternary", "enum"),
    ],
)
def test_every_stated_property_that_is_not_so_is_refused_by_its_name(
    folder: Path, name: str, wrong: str
) -> None:
    # given a properties.json that states one thing wrongly
    stated = measure_model(folder)
    assert verify_model(folder, "The model") == stated
    stated[name] = WRONG[wrong]
    (folder / "properties.json").write_text(json.dumps(stated))
    # when
    with pytest.raises(ForgeError, match=f"The model is not what .*{name} is") as caught:
        verify_model(folder, "The model")
    # then
    assert caught.value.kind == "contract"


def test_no_measured_property_is_left_out_of_the_comparison(folder: Path) -> None:
    marks = test_every_stated_property_that_is_not_so_is_refused_by_its_name.pytestmark[0]
    tried = {name for name, _ in marks.args[1]}
    assert tried | {"schemaVersion"} | set(LINEAGE_PROPERTIES) == set(measure_model(folder))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.safetensors", b"not tensors", "is not a safetensors file"),
        ("config.json", b"{", "is not JSON"),
        ("tokenizer.json", b"[]", "expected a JSON object"),
        ("model.safetensors", None, "has no model.safetensors"),
    ],
)
def test_files_that_are_no_model_are_validation_errors(
    folder: Path, name: str, content: bytes | None, message: str
) -> None:
    # given
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    # when / then
    with pytest.raises(ForgeError, match=message) as caught:
        measure_model(folder)
    assert caught.value.kind == "validation"


def test_weights_without_an_embedding_are_no_model(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match=r"no matrix 'embedding\.weight'; found 1 other"):
        measure_model(write_toy_model(tmp_path, {"x": torch.ones(2)}))


def test_a_model_without_properties_is_refused(folder: Path) -> None:
    (folder / "properties.json").unlink()
    with pytest.raises(ForgeError, match=r"has no properties\.json") as caught:
        verify_model(folder, "The model")
    assert caught.value.kind == "contract"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(scale=st.floats(-3, 3))
def test_the_task_vector_of_a_scaled_base_is_the_distance_of_the_scale_from_one(
    tmp_path: Path, scale: float
) -> None:
    # given
    base = toy_tensors()
    save_file(base, tmp_path / "base")
    save_file({name: tensor * scale for name, tensor in base.items()}, tmp_path / "child")
    # when / then
    assert relative_task_vector(tmp_path / "child", tmp_path / "base") == pytest.approx(
        abs(scale - 1), abs=1e-6
    )


def test_there_is_no_task_vector_to_a_base_of_another_shape_or_of_nothing(tmp_path: Path) -> None:
    save_file({"a": torch.ones(2)}, tmp_path / "base")
    save_file({"a": torch.ones(3)}, tmp_path / "other shape")
    save_file({"b": torch.ones(2)}, tmp_path / "other name")
    save_file({"a": torch.zeros(2)}, tmp_path / "zero")
    assert relative_task_vector(tmp_path / "other shape", tmp_path / "base") is None
    assert relative_task_vector(tmp_path / "other name", tmp_path / "base") is None
    assert relative_task_vector(tmp_path / "base", tmp_path / "zero") is None
