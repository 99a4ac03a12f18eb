"""A model folder: what goes in comes out, and what does not fit is named."""

import hashlib
import json
from pathlib import Path

import pytest
import torch

from agent_forge.errors import ForgeError, classify
from agent_forge.models.config import ModelConfig
from agent_forge.models.folder import (
    architecture_hash,
    load_child,
    load_model,
    parameter_count,
    read_config,
    save_model,
    shapes_of,
)
from agent_forge.models.titan import TinyTitan
from tests.models.reference import pico_config


def test_a_saved_model_loads_with_the_same_tensors_config_and_hash(tmp_path: Path) -> None:
    model = TinyTitan(pico_config()).initialise(1)
    weights_hash = save_model(model, tmp_path, '{"a": 1}')
    loaded = load_model(tmp_path)
    assert loaded.config == model.config
    assert all(torch.equal(t, loaded.state_dict()[name]) for name, t in model.state_dict().items())
    assert weights_hash == hashlib.sha256((tmp_path / "model.safetensors").read_bytes()).hexdigest()
    assert (tmp_path / "tokenizer.json").read_text() == '{"a": 1}'


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    model = TinyTitan(pico_config()).initialise(1)
    assert save_model(model, tmp_path / "a", "{}") == save_model(model, tmp_path / "b", "{}")
    assert (tmp_path / "a/config.json").read_bytes() == (tmp_path / "b/config.json").read_bytes()


def test_weights_that_do_not_fit_the_config_are_refused_by_name(tmp_path: Path) -> None:
    save_model(TinyTitan(pico_config()).initialise(1), tmp_path, "{}")
    document = json.loads((tmp_path / "config.json").read_text())
    document["arch"]["d_ff"] = 64
    (tmp_path / "config.json").write_text(json.dumps(document))
    with pytest.raises(ForgeError, match=r"blocks\.0\.ffn\.down\.weight") as error:
        load_model(tmp_path)
    assert error.value.kind == "validation"


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("config.json", None, r"has no config\.json"),
        ("config.json", b"{", "describes no model"),
        ("config.json", b"[]", "describes no model"),
        ("config.json", b'{"schema_version": 1, "arch": 5}', "describes no model"),
        ("config.json", b"\xff", "describes no model"),
        ("model.safetensors", None, r"has no model\.safetensors"),
        ("model.safetensors", b"", "is not a safetensors file"),
        ("model.safetensors", b"\x08" + b"\0" * 20, "is not a safetensors file"),
    ],
)
def test_a_broken_model_is_the_fault_of_what_was_sent_and_no_bug(
    tmp_path: Path, file: str, content: bytes | None, message: str
) -> None:
    save_model(TinyTitan(pico_config()).initialise(1), tmp_path, "{}")
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(ForgeError, match=message) as error:
        load_model(tmp_path)
    assert classify(error.value).kind == "validation"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": {}}, "extra"),
        ({"act": None}, "no block 'act'"),
        ({"schema_version": 9}, "schema_version is 9"),
        ({"thought": {"enabled": False, "speed": 1}}, "speed"),
        ({"arch": {"d_model": 16}}, "arch"),
    ],
)
def test_a_document_that_is_not_a_model_config_is_refused(tmp_path: Path, change: dict, message: str) -> None:
    document = pico_config().to_json() | change
    (tmp_path / "config.json").write_text(json.dumps(document))
    with pytest.raises(ForgeError, match=message) as error:
        read_config(tmp_path)
    assert error.value.kind == "validation"


def test_the_config_survives_json() -> None:
    config = pico_config().with_lineage(base_hash="ab", parents=("ab", "cd"))
    assert ModelConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_the_architecture_hash_sees_names_and_shapes_but_not_what_later_phases_add() -> None:
    shapes = shapes_of(TinyTitan(pico_config()))
    own = architecture_hash(shapes)
    assert architecture_hash(dict(reversed(shapes.items()))) == own
    assert (
        architecture_hash({**shapes, "thought.mix.weight": (1, 16), "blocks.0.attn.q.lora.a": (2, 16)}) == own
    )
    assert architecture_hash({**shapes, "norm.weight": (17,)}) != own
    assert architecture_hash({name: s for name, s in shapes.items() if name != "norm.weight"}) != own


def test_parameters_are_counted_as_torch_counts_them() -> None:
    model = TinyTitan(pico_config())
    assert parameter_count(shapes_of(model)) == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("measured", "base"), [({"baseHash": None}, "own"), ({"baseHash": "b" * 64}, "b" * 64), (None, "a" * 64)]
)
def test_a_child_goes_back_to_the_base_that_the_registry_knows(
    tmp_path: Path, measured: dict | None, base: str
) -> None:
    model = TinyTitan(pico_config().with_lineage(base_hash="a" * 64)).initialise(1)
    own = save_model(model, tmp_path, "{}")
    if measured is not None:
        (tmp_path / "properties.json").write_text(json.dumps(measured))
    lineage = load_child(tmp_path, "bitnet", 3).config.lineage
    assert lineage.base_hash == (own if base == "own" else base)
    assert (lineage.parents, lineage.phase, lineage.seed) == ((own,), "bitnet", 3)
