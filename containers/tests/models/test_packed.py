"""A packed model says what the model it was packed from says, and a damaged file says nothing at all."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save

from agent_forge.data.packing import Batch
from agent_forge.errors import ForgeError
from agent_forge.models import ternary_kernel
from agent_forge.models.config import QuantConfig
from agent_forge.models.folder import load_model, save_model
from agent_forge.models.packed import as_stored, load_packed, read_packed, write_packed
from agent_forge.models.packed_header import FORMAT, Storage, checksum
from agent_forge.models.packed_linear import MANY_TOKENS, PackedLinear
from agent_forge.models.ternary import TernaryLinear, ternarise, ternary_projections
from agent_forge.models.titan import TinyTitan
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training
from tests.models.reference import pico_config

EXACT = Storage(packing="two-bit", embedding="float32", kept="float32")
STORAGES = [EXACT, Storage(packing="base-3", embedding="float32", kept="float32"), Storage(),
            Storage(packing="two-bit", embedding="float16", kept="float16")]  # fmt: skip
RECIPE = Recipe(Schedule(0.01, 4, 1, 0.1), 0, 4, 0.1, 1.0, 1, NextToken(lambda _: 0.01))


def ids(rows: int = 2, length: int = 40) -> torch.Tensor:
    return torch.randint(0, 64, (rows, length), generator=torch.Generator().manual_seed(7))


def trained(kept_fp: tuple[str, ...] = ()) -> TinyTitan:
    """A few steps away from its start: with pondering, memory and all."""
    quant = QuantConfig(enabled=True, kept_fp=kept_fp)
    training = Training.begin(TinyTitan(pico_config(quant=quant)).initialise(5), 0.1)
    for step in range(2):
        train_step(training, Batch(ids(2, 13), torch.ones(2, 12)), RECIPE, step)
    model = training.model.eval()
    assert isinstance(model, TinyTitan)
    return model


@pytest.fixture(scope="module")
def model() -> TinyTitan:
    torch.manual_seed(0)
    return trained()


@pytest.mark.parametrize("storage", STORAGES, ids=str)
def test_a_packed_file_gives_back_every_code_and_scale_exactly(
    storage: Storage, model: TinyTitan, tmp_path: Path
) -> None:
    write_packed(model, tmp_path / "p", storage)
    codes = read_packed(tmp_path / "p").codes()
    assert set(codes) == {name for name, _ in ternary_projections(model)}
    for name, projection in ternary_projections(model):
        expected, scale = ternarise(projection.weight.detach())
        assert torch.equal(codes[name][0], expected)
        assert torch.equal(codes[name][1], scale)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("storage", STORAGES, ids=str)
def test_a_packed_model_says_bit_for_bit_what_quantising_on_the_fly_says(
    storage: Storage, compiled: bool, model: TinyTitan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not compiled:
        monkeypatch.setattr(ternary_kernel, "load_library", lambda: None)
    write_packed(model, tmp_path / "p", storage)
    packed = load_packed(tmp_path / "p")
    with torch.no_grad():
        for tokens in (ids(), ids(1, 3)):  # more and fewer tokens than MANY_TOKENS
            assert torch.equal(packed(tokens).logits_BTV, as_stored(model, tmp_path / "p")(tokens).logits_BTV)
    assert 1 * 3 < MANY_TOKENS < 2 * 40


def test_the_same_model_gives_the_same_file(model: TinyTitan, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_packed(model, tmp_path / name, Storage())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_with_all_else_in_full_precision_it_equals_the_masters_themselves(
    model: TinyTitan, tmp_path: Path
) -> None:
    write_packed(model, tmp_path / "p", EXACT)
    with torch.no_grad():
        packed, masters = (each(ids(), compact=True) for each in (load_packed(tmp_path / "p"), model))
    assert torch.equal(packed.logits_BTV, masters.logits_BTV)
    assert torch.equal(packed.steps_BT, masters.steps_BT)


def test_a_packed_model_decodes_token_by_token_what_its_full_pass_says(
    model: TinyTitan, tmp_path: Path
) -> None:
    write_packed(model, tmp_path / "p", Storage())
    packed, tokens = load_packed(tmp_path / "p"), ids(1, 12)
    with torch.no_grad():
        full, state, rows = packed(tokens).logits_BTV, packed.start(1), []
        for place in range(tokens.shape[1]):
            output = packed.step(state, tokens[:, place])
            rows.append(output.logits_BTV)
            state = output.state
    torch.testing.assert_close(torch.cat(rows, 1), full, rtol=1e-3, atol=1e-3)


def test_int8_rows_are_off_by_at_most_half_a_level_of_their_row(model: TinyTitan, tmp_path: Path) -> None:
    write_packed(model, tmp_path / "p", Storage())
    rows, stored = model.embedding.weight.detach(), read_packed(tmp_path / "p").kept()["embedding.weight"]
    assert ((rows - stored).abs() <= rows.abs().amax(1, keepdim=True) / 127 * 0.501).all()


def test_what_the_config_keeps_stays_in_floating_point_and_the_header_says_why(tmp_path: Path) -> None:
    write_packed(trained(("0.attn.*",)), tmp_path / "p", Storage())
    found = read_packed(tmp_path / "p")
    assert "blocks.0.attn.q" not in found.header.shapes
    assert "kept_fp" in found.header.kept["blocks.0.attn.q.weight"]
    assert found.tensors["blocks.0.attn.q.weight"].dtype is torch.float16
    reasons = {name: why.split(":")[0] for name, why in found.header.kept.items()}
    assert reasons["ltm.gates.bias"] == "memory"
    assert reasons["act.halt.weight"] == "halting"
    assert reasons["blocks.1.ffn.sub_norm.weight"] == "gains and norms"
    assert found.header.shapes["blocks.1.ffn.down"] == (16, 32)
    packed = load_packed(tmp_path / "p").blocks[0]
    assert type(packed.attn.q) is torch.nn.Linear
    assert isinstance(packed.ffn.down, PackedLinear)


def test_a_model_without_ternary_projections_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"quant\.enabled"):
        write_packed(TinyTitan(pico_config()), tmp_path / "p", Storage())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["packing", "embedding", "kept"])
def test_a_storage_that_does_not_exist_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=f"{key} is 'int4'; expected one of"):
        Storage(**{key: "int4"})


Damage = Callable[[dict[str, str], dict[str, torch.Tensor]], object]
NAME = "blocks.0.attn.q"


def header_of(change: Callable[[dict], object]) -> Damage:
    def damage(metadata: dict[str, str], _: dict[str, torch.Tensor]) -> None:
        document = json.loads(metadata[FORMAT])
        change(document)
        metadata[FORMAT] = json.dumps(document)

    return damage


DAMAGES: dict[str, tuple[Damage, str]] = {
    "another format": (lambda m, t: m.update(gguf=m.pop(FORMAT)), "has no 'agent-forge-packed'"),
    "another version": (header_of(lambda d: d.update(version=2)), "version 2; this release reads 1"),
    "a header cut short": (lambda m, t: m.update({FORMAT: m[FORMAT][:-9]}), "header is damaged"),
    "a header that is a list": (lambda m, t: m.update({FORMAT: "[1]"}), "header is damaged"),
    "no shapes": (header_of(lambda d: d.pop("shapes")), "has no 'shapes'"),
    "scales that divide": (header_of(lambda d: d.update(scaleConvention="divide")), "expected 'multiply'"),
    "another packing": (header_of(lambda d: d["storage"].update(packing="i2_s")), "packing is 'i2_s'"),
    "a wrong shape": (header_of(lambda d: d["shapes"].update({NAME: [16, 999]})), f"{NAME}: packed"),
    "another model": (header_of(lambda d: d["config"]["arch"].update(num_layers=3)), "checksum"),
    "a missing tensor": (lambda m, t: t.pop("ltm.conv"), "ltm.conv"),
    "a tensor too many": (lambda m, t: t.update(more=torch.zeros(1)), "more"),
    "a digit that no code has": (lambda m, t: t[f"{NAME}.quant.codes"].fill_(255), NAME),
    "a scale that is no number": (lambda m, t: t[f"{NAME}.quant.scale"].fill_(float("nan")), "scale of"),
    "a scale of nothing": (lambda m, t: t[f"{NAME}.quant.scale"].fill_(0), "above 0"),
    "a changed weight": (lambda m, t: t["norm.weight"][0].add_(0.1), "checksum"),
}


def rewritten(path: Path, damage: Damage, *, sealed: bool = False) -> None:
    """Write the file again with something wrong; `sealed` states the right checksum of the wrong file."""
    tensors = {name: tensor.clone() for name, tensor in read_packed(path).tensors.items()}
    with safe_open(path, "pt") as file:
        metadata = dict(file.metadata())
    damage(metadata, tensors)
    if sealed:
        document = json.loads(metadata[FORMAT])
        metadata[FORMAT] = json.dumps({**document, "sha256": checksum(document, tensors)})
    path.write_bytes(save(tensors, metadata))


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_refused_by_name(name: str, model: TinyTitan, tmp_path: Path) -> None:
    damage, message = DAMAGES[name]
    path = tmp_path / "broken.safetensors"
    write_packed(model, path, Storage())
    rewritten(path, damage)
    with pytest.raises(ForgeError, match=r"broken\.safetensors") as error:
        load_packed(path)
    assert error.value.kind == "validation"
    assert message in error.value.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["config"]["arch"].update(num_layers=3), "other ternary projections"),
        (lambda d: d["config"]["arch"].update(vocab_size=128), "another shape"),
        (lambda d: d["config"]["ltm"].update(enabled=False), "do not fit its config"),
        (lambda d: d["config"]["arch"].update(num_heads=5), "describes no model"),
    ],
)
def test_a_config_of_another_model_is_refused_even_with_its_checksum(
    change: Callable[[dict], object], message: str, model: TinyTitan, tmp_path: Path
) -> None:
    write_packed(model, tmp_path / "p", Storage())
    rewritten(tmp_path / "p", header_of(change), sealed=True)
    with pytest.raises(ForgeError) as error:
        load_packed(tmp_path / "p")
    assert message in error.value.message


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_file_cut_short_is_refused(share: float, model: TinyTitan, tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    write_packed(model, path, Storage())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ForgeError, match=r"cut\.safetensors.*no whole safetensors file"):
        read_packed(path)


def test_quantisation_stays_on_when_anybody_loads_the_masters_and_trains_them(
    model: TinyTitan, tmp_path: Path
) -> None:
    save_model(model, tmp_path, "{}")
    training = Training.begin(load_model(tmp_path), 0.1)
    projections = [each for _, each in ternary_projections(training.model)]
    assert {type(each) for each in projections} == {TernaryLinear}
    assert {each.strength for each in projections} == {1.0}
    before = [each.weight.detach().clone() for each in projections]
    train_step(training, Batch(ids(2, 13), torch.ones(2, 12)), RECIPE, 0)
    assert not any(torch.equal(a, b.weight) for a, b in zip(before, projections, strict=True))
    # What it trained is what can be packed: the forward pass knows codes and scales only.
    write_packed(training.model.eval(), tmp_path / "p", EXACT)  # type: ignore[arg-type]
    with torch.no_grad():
        assert torch.equal(load_packed(tmp_path / "p")(ids()).logits_BTV, training.model(ids()).logits_BTV)
