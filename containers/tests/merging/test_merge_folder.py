"""What a merge reads and writes: types, shards, heads, layers, records; and what is left when it fails."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from agent_forge.errors import ForgeError
from agent_forge.merging import selection, tensor_inputs, weights_writer
from agent_forge.merging.merge import merge, open_models
from agent_forge.merging.plan import plan_merge
from agent_forge.merging.recipe import TINY_TITAN_LINEAR_ONLY, Recipe, Slice, SliceSource
from tests.support.toy_folders import (
    Tensors,
    moved,
    read_model,
    read_model_as_float32,
    titan_tensors,
    write_model,
)

CONTAINERS = Path(__file__).resolve().parents[2]
BASE = titan_tensors(1)
LINEAR = Recipe(method="linear", models=("a", "b"), parameters={"weight": 1})


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    models = {"base": BASE, "a": moved(BASE, 2), "b": moved(BASE, 3), "c": moved(BASE, 4)}
    return {name: write_model(tmp_path / name, tensors) for name, tensors in models.items()}


def refusal(recipe: Recipe, folders: dict[str, Path], out: Path) -> tuple[str, str]:
    """Code and message of a merge that has to be refused before anything is written."""
    before = sorted(out.parent.iterdir())
    with pytest.raises(ForgeError) as caught:
        merge(recipe, folders, out)
    assert sorted(out.parent.iterdir()) == before
    assert caught.value.kind == "validation"
    assert caught.value.detail is not None
    return caught.value.detail["code"], caught.value.message


RECIPES = [
    LINEAR,
    Recipe(
        method="linear", models=("a",),
        parameters={"weight": [{"filter": "q", "value": [1, 2]}, {"value": 1}]},
    ),
    Recipe(
        method="dare_ties", models=("a", "b"), base="base", per_model={"a": {"weight": 0.5, "density": 0.3}},
        parameters={"weight": 1}, dtype="bfloat16", tokenizer="union", seed=9, linear_only=("norm",),
        vocabulary="by_position",
    ),
    Recipe(
        method="passthrough", models=("a", "b"),
        slices=(
            Slice(sources=(SliceSource(model="a", layer_range=(0, 2), parameters={"scale": 2}),)),
            Slice(sources=(SliceSource(model="b", layer_range=(1, 2)),), parameters={"scale": 0.5}),
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.method)
def test_a_recipe_survives_its_json_form(recipe: Recipe) -> None:
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


@pytest.mark.parametrize("method", ["dare_linear", "dare_ties", "della", "ties", "breadcrumbs"])
def test_bits_depend_on_the_seed_alone_and_not_on_the_size_of_blocks(
    method: str, folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    parameters = {"weight": 0.5, "density": 0.5}
    recipe = Recipe(method=method, models=("a", "b"), base="base", parameters=parameters, seed=5)
    first = merge(recipe, folders, tmp_path / "first")
    # when
    monkeypatch.setattr(tensor_inputs, "BLOCK", 100)
    monkeypatch.setattr(selection, "BLOCK", 100)
    again = merge(recipe, folders, tmp_path / "again")
    other = merge(replace(recipe, seed=6), folders, tmp_path / "other")
    # then
    if method in ("ties", "breadcrumbs"):
        assert again.sha256 == first.sha256 == other.sha256
    else:
        pair = read_model(tmp_path / "first"), read_model(tmp_path / "again")
        for name in pair[0]:
            np.testing.assert_allclose(pair[0][name], pair[1][name], rtol=1e-6, err_msg=name)
        assert other.sha256 != first.sha256


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64", "float32"])
def test_models_of_every_float_type_are_merged_and_written_in_any_other(
    dtype: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    # given models of that type
    narrow = {}
    for name in ("a", "b"):
        own = Recipe(method="linear", models=(name,), parameters={"weight": 1}, dtype=dtype)
        merge(own, folders, tmp_path / f"narrow-{name}")
        narrow[name] = tmp_path / f"narrow-{name}"
    # when
    merge(LINEAR, narrow, tmp_path / "kept")
    merge(replace(LINEAR, dtype="float32"), narrow, tmp_path / "wide")
    # then
    inputs = [read_model_as_float32(narrow[name]) for name in ("a", "b")]
    wide = read_model(tmp_path / "wide")
    kept = read_model_as_float32(tmp_path / "kept")
    step = {"bfloat16": 2**-8, "float16": 2**-11}.get(dtype, 2**-23)
    for name, tensor in wide.items():
        assert tensor.dtype == np.float32
        np.testing.assert_allclose(tensor, (inputs[0][name] + inputs[1][name]) / 2, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(kept[name], tensor, rtol=step, atol=1e-7)


def test_bfloat16_is_rounded_to_the_nearest_value_and_ties_to_even() -> None:
    from agent_forge.merging.dtypes import encode

    bits = np.array([0x3F808000, 0x3F818000, 0x3F808001, 0x7F800000, 0x7FFFFFFF], dtype=np.uint32)
    encoded = encode(bits.view(np.float32), "BF16")
    assert [hex(value) for value in encoded.tolist()] == ["0x3f80", "0x3f82", "0x3f81", "0x7f80", "0x7fc0"]


def test_shards_hold_the_same_tensors_and_are_read_back(folders: dict[str, Path], tmp_path: Path) -> None:
    whole = merge(LINEAR, folders, tmp_path / "whole")
    parts = merge(LINEAR, folders, tmp_path / "parts", shard_bytes=10_000)
    assert set(parts.files) == {path.name for path in (tmp_path / "parts").glob("model*")}
    assert len(parts.files) > 3
    again = merge(
        Recipe(method="linear", models=("parts",), parameters={"weight": 1}),
        {"parts": tmp_path / "parts"},
        tmp_path / "again",
    )
    assert again.sha256 == whole.sha256


def test_a_frankenmerge_numbers_layers_anew_and_rewrites_the_configuration(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    # given
    slices = (
        Slice(sources=(SliceSource(model="a", layer_range=(0, 2)),)),
        Slice(sources=(SliceSource(model="b", layer_range=(1, 2)),)),
    )
    # when
    summary = merge(Recipe(method="passthrough", models=("a", "b"), slices=slices), folders, tmp_path / "out")
    # then
    a, b, out = (read_model(path) for path in (folders["a"], folders["b"], tmp_path / "out"))
    assert summary.layers == 3
    np.testing.assert_array_equal(out["blocks.1.attn.q.weight"], a["blocks.1.attn.q.weight"])
    np.testing.assert_array_equal(out["blocks.2.attn.q.weight"], b["blocks.1.attn.q.weight"])
    np.testing.assert_array_equal(out["embedding.weight"], a["embedding.weight"])
    np.testing.assert_array_equal(out["norm.weight"], b["norm.weight"])
    config = json.loads((tmp_path / "out" / "config.json").read_text(encoding="utf-8"))
    assert config["arch"] == {"num_layers": 3, "vocab_size": 64, "d_model": 32}


def test_tensors_that_a_recipe_keeps_out_of_its_method_are_averaged(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    recipe = Recipe(
        method="ties", models=("a", "b"), base="base", parameters={"weight": 1, "density": 0.1},
        linear_only=TINY_TITAN_LINEAR_ONLY,
    )  # fmt: skip
    merge(recipe, folders, tmp_path / "out")
    merge(replace(recipe, linear_only=()), folders, tmp_path / "all")
    mean = {name: (read_model(folders["a"])[name] + read_model(folders["b"])[name]) / 2 for name in BASE}
    out, everywhere = read_model(tmp_path / "out"), read_model(tmp_path / "all")
    for name in BASE:
        if "norm" in name or name.startswith("act."):
            np.testing.assert_allclose(out[name], mean[name], rtol=1e-6, err_msg=name)
        else:
            np.testing.assert_array_equal(out[name], everywhere[name], err_msg=name)


def test_the_default_list_for_tiny_titan_names_its_small_tensors_and_no_matrix() -> None:
    from agent_forge.models.config import ArchConfig, LtmConfig, ModelConfig
    from agent_forge.models.titan import TinyTitan

    arch = ArchConfig(d_model=16, num_layers=2, num_heads=2, d_ff=32, vocab_size=64, window=8)
    names = [
        name for name, _ in TinyTitan(ModelConfig(arch=arch, ltm=LtmConfig(persistent=2))).named_parameters()
    ]
    left = {name for name in names if not any(part in name for part in TINY_TITAN_LINEAR_ONLY)}
    assert left == {
        "embedding.weight", "ltm.qkv.weight", "ltm.out.weight",
        *(f"blocks.{i}.attn.{part}.weight" for i in (0, 1) for part in "qkvo"),
        *(f"blocks.{i}.ffn.{part}.weight" for i in (0, 1) for part in ("gate", "up", "down")),
    }  # fmt: skip


def test_a_tied_head_that_only_some_models_store_is_left_out(tmp_path: Path) -> None:
    config = {"num_hidden_layers": 2, "tie_word_embeddings": True}
    stored = {**BASE, "lm_head.weight": BASE["embedding.weight"]}
    folders = {
        "a": write_model(tmp_path / "a", BASE, config),
        "b": write_model(tmp_path / "b", stored, config),
    }
    merge(LINEAR, folders, tmp_path / "out")
    assert "lm_head.weight" not in read_model(tmp_path / "out")
    untied = {"num_hidden_layers": 2}
    folders = {
        "a": write_model(tmp_path / "c", BASE, untied),
        "b": write_model(tmp_path / "d", stored, untied),
    }
    code, message = refusal(LINEAR, folders, tmp_path / "no")
    assert (code, "lm_head.weight: a has none, b [64, 32] F32" in message) == ("incompatible_models", True)


def test_whole_numbers_are_copied_when_equal_and_refused_when_not(tmp_path: Path) -> None:
    def with_ids(name: str, ids: list[int]) -> Path:
        tensors: Tensors = {**BASE, "position_ids": np.array(ids)}
        return write_model(tmp_path / name, tensors)

    folders = {"a": with_ids("a", [1, 2]), "b": with_ids("b", [1, 2])}
    merge(LINEAR, folders, tmp_path / "out")
    np.testing.assert_array_equal(read_model(tmp_path / "out")["position_ids"], [1, 2])
    code, message = refusal(LINEAR, folders | {"b": with_ids("c", [1, 3])}, tmp_path / "no")
    assert (code, "position_ids: I64 values that differ" in message) == ("incompatible_models", True)


def test_merge_json_tells_the_recipe_the_parents_and_the_hashes(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    # given
    (folders["a"] / "properties.json").write_text('{"weightsHash": "abc"}', encoding="utf-8")
    # when
    summary = merge(LINEAR, folders, tmp_path / "out")
    again = merge(LINEAR, folders, tmp_path / "again")
    # then
    record = json.loads((tmp_path / "out" / "merge.json").read_text(encoding="utf-8"))
    weights = (tmp_path / "out" / "model.safetensors").read_bytes()
    assert record["weightsHash"] == summary.sha256 == hashlib.sha256(weights).hexdigest()
    assert record["parents"] == [
        {"model": "a", "weightsHash": "abc", "statedBy": "properties.json"},
        {"model": "b", "weightsHash": None, "statedBy": None},
    ]
    assert Recipe.from_json(record["recipe"]) == LINEAR
    assert again.files == summary.files
    for name in ("config.json", "tokenizer.json", "merge.json"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_merge_that_breaks_off_leaves_no_folder_and_the_next_one_clears_what_was_killed(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a disk that is full half-way
    place = tmp_path / "results"
    place.mkdir()

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(weights_writer, "write_durably", full)
        patch.setattr("agent_forge.merging.output_folder.write_durably", full)
        with pytest.raises(OSError, match="No space left"):
            merge(LINEAR, folders, place / "out")
    assert list(place.iterdir()) == []
    # and what a killed process left
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    (place / f".out.merging-{dead.stdout.strip()}").mkdir()
    (place / ".out.merging-1").mkdir()
    # when
    merge(LINEAR, folders, place / "out")
    # then
    assert sorted(path.name for path in place.iterdir()) == [".out.merging-1", "out"]


def _spoilt(folder: Path, change: str) -> None:
    weights = folder / "model.safetensors"
    if change == "cut":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif change == "header":
        weights.write_bytes((2**40).to_bytes(8, "little") + b"{}")
    elif change == "empty":
        weights.write_bytes(b"")
    elif change == "not json":
        weights.write_bytes((4).to_bytes(8, "little") + b"nope")
    elif change == "pickle":
        weights.rename(folder / "pytorch_model.bin")
    elif change == "outside":
        weights.unlink()
        index = {"weight_map": {"x": "../a/model.safetensors"}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    elif change == "config":
        (folder / "config.json").write_text("[]", encoding="utf-8")
    elif change == "gone":
        weights.unlink()
        (folder / "config.json").unlink()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("cut", "corrupt_weights"),
        ("header", "corrupt_weights"),
        ("empty", "corrupt_weights"),
        ("not json", "corrupt_weights"),
        ("pickle", "missing_file"),
        ("outside", "missing_file"),
        ("config", "malformed_json"),
        ("gone", "missing_file"),
    ],
)
def test_a_folder_that_is_no_model_is_refused(
    change: str, code: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    _spoilt(folders["b"], change)
    assert refusal(LINEAR, folders, tmp_path / "out")[0] == code


@pytest.mark.parametrize(
    "document",
    [None, [], "x", {"merge_method": 3, "models": "a"}, {"merge_method": "linear", "models": [1, {"model":
    []}]},
     {"merge_method": "linear", "slices": [{"sources": [{"model": "a", "layer_range": ["0", 1]}]}]},
     {"merge_method": "linear", "models": [{"model": "a+b"}], "dtype": "int4", "tokenizer_source": "c",
      "forge": {"seed": -1, "linear_only": "x", "vocabulary": 1, "sed": 2}, "tokenizer": {},
      "chat_template": "x"},
     {"merge_method": "linear", "models": [{"model": "a"}, {"model": "a"}], "parameters": []}],
)  # fmt: skip
def test_a_document_of_any_shape_is_refused_with_all_its_problems(document: Any) -> None:
    with pytest.raises(ForgeError) as caught:
        Recipe.from_json(document)
    assert caught.value.kind == "validation"
    assert caught.value.detail is not None
    assert all(
        problem["pointer"].startswith("/") or not problem["pointer"]
        for problem in caught.value.detail["problems"]
    )
    if isinstance(document, dict) and "dtype" in document:
        pointers = {problem["pointer"] for problem in caught.value.detail["problems"]}
        assert pointers == {
            "/models/0/model", "/dtype", "/tokenizer_source", "/forge/seed", "/forge/linear_only",
            "/forge/vocabulary", "/forge/sed", "/tokenizer", "/chat_template",
        }  # fmt: skip


@pytest.mark.parametrize("method", ["linear", "ties", "della"])
def test_a_process_needs_no_more_memory_than_was_predicted_and_imports_no_torch(
    method: str, tmp_path: Path
) -> None:
    # given tensors of 16 MB, so that one held whole would show
    rng = np.random.default_rng(1)
    names = ("base", "a", "b")
    for name in names:
        write_model(tmp_path / name, {})
        save_file(
            {"x": rng.normal(size=(2000, 2000)).astype(np.float32)}, tmp_path / name / "model.safetensors"
        )
    parameters = {"weight": 1} if method == "linear" else {"weight": 1, "density": 0.5}
    base = None if method == "linear" else "base"
    recipe = Recipe(method=method, models=("a", "b"), base=base, parameters=parameters)
    plan = plan_merge(recipe, open_models(recipe, {name: tmp_path / name for name in names}))
    # when
    program = (
        "import sys; from agent_forge.__main__ import main; code = main(sys.argv[1:]);"
        "heavy = {'torch', 'safetensors', 'yaml'} & set(sys.modules);"
        # Of this program alone: what getrusage tells begins with the size of who started it.
        "peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'));"
        "print(code, int(peak) * 1024, *heavy)"
    )
    (tmp_path / "recipe.json").write_text(json.dumps(recipe.to_json()), encoding="utf-8")
    child = subprocess.run(
        [sys.executable, "-c", program, "merge", "recipe.json", "--out", "out"],
        cwd=tmp_path, env={"PYTHONPATH": str(CONTAINERS)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    # then
    code, peak, *heavy = child.stdout.splitlines()[-1].split()
    assert (code, heavy) == ("0", [])
    assert int(peak) <= plan.peak_bytes
    assert plan.peak_bytes <= 3 * 16e6 * 3 + 300e6
