"""What GGUF and ONNX are made of, without their packages, and what they refuse."""

from pathlib import Path

import pytest
import torch

from agent_forge.errors import ForgeError
from agent_forge.export import command
from agent_forge.export.backbone import backbone, properties_of, ternary_names
from agent_forge.export.gguf_tensors import gguf_tensors, permute, why_not
from agent_forge.export.standard import require_agreed
from agent_forge.models.folder import load_model
from agent_forge.models.titan import TinyTitan
from tests.export.folders import config_of, export, write_folder

TOKENS = torch.arange(33, 73).reshape(2, 20)


def titan(tmp_path: Path, **choice: object) -> TinyTitan:
    """An untrained toy."""
    return load_model(write_folder(tmp_path / "m", config_of(**choice))).eval()


def test_permuted_rows_turn_halves_into_neighbours() -> None:
    rows = torch.arange(8.0)[:, None]
    assert permute(rows, heads=2).flatten().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_llama_is_permuted_and_bitnet_is_not(tmp_path: Path) -> None:
    for subln in (False, True):
        plain = backbone(titan(tmp_path / str(subln), subln=subln), 1)
        stored = gguf_tensors(plain, frozenset(), "F16")["blk.0.attn_q.weight"].tensor
        ours = plain.state_dict()["blocks.0.attn.q.weight"]
        assert torch.equal(stored, ours) is subln
        assert torch.equal(stored.sort(0).values, ours.sort(0).values)


def test_ternary_storage_is_for_ternary_matrices_only(tmp_path: Path) -> None:
    model = titan(tmp_path, ternary=True, width=256)
    names = ternary_names(model, 1)
    stored = gguf_tensors(backbone(model, 1), names, "TQ2_0")
    kinds = {name: each.storage for name, each in stored.items()}
    assert kinds["blk.1.ffn_down.weight"] == "TQ2_0"
    assert (kinds["token_embd.weight"], kinds["output_norm.weight"]) == ("F16", "F32")
    for each in stored.values():
        if each.storage == "TQ2_0":
            assert len(torch.unique(each.tensor.abs()[each.tensor != 0])) <= 1


def test_types_that_do_not_fit_are_named_with_the_reason(tmp_path: Path) -> None:
    plain = titan(tmp_path / "a")
    assert why_not(backbone(plain, 1), frozenset(), "TQ1_0") == "its weights are not ternary"
    narrow = titan(tmp_path / "b", ternary=True)
    reason = why_not(backbone(narrow, 1), ternary_names(narrow, 1), "TQ2_0")
    assert reason == "rows of 32 are no multiples of 256"
    assert why_not(backbone(plain, 1), frozenset(), "Q8_0") is None


@pytest.mark.parametrize(
    ("choice", "names"),
    [({"memory": True}, ["memory"]), ({"act": 2}, ["act"]), ({"thoughts": True}, ["thought"])],
)
def test_gguf_refuses_what_it_cannot_carry_until_a_person_names_it(
    tmp_path: Path, choice: dict, names: list[str]
) -> None:
    found = properties_of(titan(tmp_path, **choice))
    with pytest.raises(ForgeError, match=f"cannot carry {names[0]}") as refused:
        require_agreed(found, [], "GGUF")
    assert refused.value.detail == {"code": "cannot_carry"}
    require_agreed(found, names, "GGUF")


def test_one_ponder_step_is_the_block_itself_only_with_an_embedding_of_zeros(tmp_path: Path) -> None:
    model = titan(tmp_path, act=1)
    verdict = {each.name: each.verdict for each in properties_of(model)}
    assert verdict["act"] == "approximate"
    assert model.act is not None
    model.act.step_embedding.data.zero_()
    assert {each.name: each.verdict for each in properties_of(model)}["act"] == "exact"
    with torch.no_grad():
        assert torch.allclose(backbone(model, 1)(TOKENS).logits_BTV, model(TOKENS).logits_BTV, atol=1e-5)


def test_the_packages_are_asked_for_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(command.NEEDED, "gguf", ("no_such_package_here",))
    code, told = export(capsys, tmp_path / "no folder", "gguf", tmp_path / "out")
    assert (code, told["error"]["detail"]["code"]) == (69, "not_installed")
