"""Hugging Face folders without transformers: bytes, tensors, figures, cards."""

import ast
import json
import sys
from pathlib import Path

import pytest
import torch

from agent_forge.evaluation.held_out import HeldOut, score_model
from agent_forge.export.backbone import backbone
from agent_forge.export.hugging_face import as_remote_code
from agent_forge.export.measured import read_text
from agent_forge.models.config import ModelConfig
from agent_forge.models.folder import load_model
from tests.export.folders import config_of, corpus, export, write_folder, write_record
from tests.export.plain_forward import forward

WHOLE = {"memory": True, "act": 2, "subln": True, "thoughts": True}
TOKENS = torch.arange(33, 73)


def test_full_holds_the_registered_bytes_and_code_that_needs_no_package_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "model", config_of(**WHOLE))
    code, _ = export(capsys, folder, "hf", tmp_path / "out")
    full = tmp_path / "out" / "full"
    assert code == 0
    assert (full / "model.safetensors").read_bytes() == (folder / "model.safetensors").read_bytes()
    assert (full / "forge_config.json").read_bytes() == (folder / "config.json").read_bytes()
    names = {path.stem for path in full.glob("*.py")}
    imported = {
        (node.level, node.module)
        for path in full.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("agent_forge"))
    }
    assert {module for level, module in imported if level == 1} <= names
    assert {level for level, _ in imported} == {1}


def test_the_code_of_full_computes_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "model", config_of(**WHOLE))
    export(capsys, folder, "hf", tmp_path / "out")
    package = tmp_path / "copied"
    (tmp_path / "out" / "full").rename(package)
    (package / "__init__.py").touch()
    # The two files that need transformers stay aside; the arithmetic is in the others.
    sys.path.insert(0, str(tmp_path))
    try:
        from copied.config import ModelConfig as Copied
        from copied.titan import TinyTitan as CopiedTitan
    finally:
        sys.path.remove(str(tmp_path))
    ours = load_model(folder).eval()
    document = json.loads((package / "config.json").read_text())
    blocks = {key: document[key] for key in ModelConfig.to_json(ours.config)}
    theirs = CopiedTitan(Copied.from_json(blocks)).eval()
    theirs.load_state_dict(ours.state_dict())
    with torch.no_grad():
        assert torch.equal(theirs(TOKENS[None]).logits_BTV, ours(TOKENS[None]).logits_BTV)


def test_imports_of_ours_become_imports_beside_the_file() -> None:
    text = "from agent_forge.models.act import A\nfrom agent_forge.export.x.x_y import B\nimport torch\n"
    assert as_remote_code(text) == "from .act import A\nfrom .x_y import B\nimport torch\n"


@pytest.mark.parametrize(
    ("choice", "family"),
    [
        ({}, "llama"),
        ({"subln": True}, "bitnet"),
        ({"ternary": True}, "llama"),
        (WHOLE, "bitnet"),
        ({"act": 3}, "llama"),
    ],
)
def test_standard_is_the_backbone_under_the_other_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], choice: dict, family: str
) -> None:
    folder = write_folder(tmp_path / "model", config_of(**choice))
    code, told = export(capsys, folder, "hf", tmp_path / "out", "--corpus", corpus(tmp_path / "c.ndjson"))
    assert code == 0, told
    standard = tmp_path / "out" / "standard"
    assert json.loads((standard / "config.json").read_text())["model_type"] == family
    plain = backbone(load_model(folder), told["result"]["standard"]["depth"])
    with torch.no_grad():
        expected = plain(TOKENS[None]).logits_BTV[0]
    assert torch.allclose(forward(standard, TOKENS).float(), expected, atol=1e-4)


@pytest.mark.parametrize("choice", [{}, {"subln": True}, {"thoughts": True}])
def test_what_is_called_exact_says_what_the_model_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], choice: dict
) -> None:
    folder = write_folder(tmp_path / "model", config_of(**choice))
    _, told = export(capsys, folder, "hf", tmp_path / "out")
    assert told["result"]["standard"] | {"properties": []} == {
        "exact": True, "depth": 1, "depthBitsPerByte": [], "measured": None, "properties": [],
    }  # fmt: skip
    with torch.no_grad():
        ours = load_model(folder).eval()(TOKENS[None]).logits_BTV[0]
    assert torch.allclose(forward(tmp_path / "out" / "standard", TOKENS).float(), ours, atol=1e-4)
    assert "not measured" in (tmp_path / "out" / "standard" / "README.md").read_text()


def test_the_figures_are_those_of_both_models_on_the_second_half_of_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "model", config_of(**WHOLE))
    file = corpus(tmp_path / "c.ndjson")
    _, told = export(capsys, folder, "hf", tmp_path / "out", "--corpus", file)
    measured, depth = told["result"]["standard"]["measured"], told["result"]["standard"]["depth"]
    from agent_forge.data.tokenizer import TextTokenizer

    tokenizer = TextTokenizer.of(folder)
    half = HeldOut.of(read_text(file, tokenizer, 0).measuring, tokenizer)
    model = load_model(folder)
    full, standard = (
        score_model(each, half, seq_len=64, stride=32, batch_size=8).bits_per_byte
        for each in (model, backbone(model, depth))
    )
    assert (measured["full"], measured["standard"]) == (full, standard)
    assert measured["loss"] == standard - full
    assert abs(measured["loss"]) > 1e-3
    for name in ("full", "standard"):
        card = (tmp_path / "out" / name / "README.md").read_text()
        assert f"| loss | {standard - full:.4f} |" in card
        assert f"| full | {full:.4f} |" in card
        assert f"Record `{measured['record']}`" in card
        assert json.loads((tmp_path / "out" / name / "measured.json").read_text()) == measured


def test_a_standard_that_is_not_exact_needs_text_and_the_card_says_why_it_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "model", config_of(**WHOLE))
    code, told = export(capsys, folder, "hf", tmp_path / "out")
    assert (code, told["result"]["standard"]) == (0, None)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["export.json", "full"]
    card = (tmp_path / "out" / "full" / "README.md").read_text()
    assert "Not exported." in card
    assert "memory" in told["result"]["standardLeftOut"]
    assert "--corpus" in told["result"]["standardLeftOut"]


def test_the_card_names_lineage_licences_and_the_record_of_each_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "model", config_of())
    record = write_record(tmp_path / "r.json", folder)
    export(capsys, folder, "hf", tmp_path / "out", "--record", record)
    card = (tmp_path / "out" / "full" / "README.md").read_text()
    front = card.split("---")[1]
    assert 'license_name: "CC0-1.0"' in front
    assert 'base_model: ["parent@1"]' in front
    assert 'datasets: ["sotu@1"]' in front
    assert "| bits_per_byte | held-out | 1.75 | bits/byte | `runs/01R/metrics/eval/7` |" in card
    assert "- continued-from `parent@1`, weight 1.0" in card


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json\n", "is no corpus"),
        ('{"text": 7}\n', "no string"),
        ('{"id": "x"}\n', "is no corpus"),
        ('{"text": "few words"}\n', "at least 256"),
    ],
)
def test_a_text_that_cannot_be_measured_on_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    folder = write_folder(tmp_path / "model", config_of())
    (tmp_path / "bad.ndjson").write_text(text)
    code, told = export(capsys, folder, "hf", tmp_path / "out", "--corpus", tmp_path / "bad.ndjson")
    assert code == 64
    assert said in told["error"]["message"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ndjson", "model"]
