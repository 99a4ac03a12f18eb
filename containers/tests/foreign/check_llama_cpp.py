"""GGUF files in a real llama.cpp: the likeliest next token after held-out prefixes, and the tokenizer."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from agent_forge.models.titan import TinyTitan
from tests.foreign.conftest import TOYS, Toy

Exported = Callable[[str, str], tuple[Path, dict[str, Any]]]
RUNNER = Path(__file__).resolve().parents[3] / "scripts/foreign/llama-argmax.mjs"
PREFIXES = 120
# What rounding may turn: F16 keeps 11 bits, the others 8 and fewer for activations too.
FEWEST = {"F16": 118, "Q8_0": 114, "TQ2_0": 114, "TQ1_0": 114}


def prefixes(toy: Toy, text: str) -> list[list[int]]:
    """Held-out prefixes of 40 to 47 tokens."""
    ids = toy.tokenizer.encode(text)
    return [ids[50 * place : 50 * place + 40 + place % 8] for place in range(PREFIXES)]


def likeliest(model: TinyTitan, prefixes: list[list[int]]) -> list[int]:
    """By our own forward pass."""
    with torch.no_grad():
        return [int(model(torch.tensor([each])).logits_BTV[0, -1].argmax()) for each in prefixes]


@pytest.mark.parametrize("name", TOYS)
def test_every_file_says_the_next_token_of_the_backbone_and_reads_text_as_we_do(
    name: str, toys: dict[str, Toy], exported: Exported, held_out: str, figures: dict[str, Any],
    plain_of: Callable[[str, str], TinyTitan],
) -> None:  # fmt: skip
    folder, _ = exported(name, "gguf")
    files = sorted(folder.glob("*.gguf"))
    asked = prefixes(toys[name], held_out)
    edge = "  two  spaces\n\n\ttab 1234567 äöü 日本 😀 don't I'll" + held_out[:8000]
    request = {"files": [str(file) for file in files], "prefixes": asked, "text": edge}
    done = subprocess.run(
        ["node", str(RUNNER), os.environ["FORGE_LLAMA_PACKAGES"]],
        input=json.dumps(request), capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    answers = json.loads(done.stdout.splitlines()[-1])
    plain, full = likeliest(plain_of(name, "gguf"), asked), likeliest(toys[name].model, asked)
    assert len(set(plain)) > 10, "the toy says the same everywhere: agreement would mean nothing"
    for file in files:
        storage, said = file.stem.removeprefix("model-"), answers[str(file)]["next"]
        agree = sum(a == b for a, b in zip(said, plain, strict=True))
        with_full = sum(a == b for a, b in zip(said, full, strict=True))
        figures[f"{name} {storage}"] = {
            "of": PREFIXES, "as standard": agree, "as full": with_full, "bytes": file.stat().st_size,
        }  # fmt: skip
        assert agree >= FEWEST[storage]
        assert answers[str(file)]["ids"] == toys[name].tokenizer.encode(edge)


def test_a_ternary_model_has_all_four_types_and_another_only_two(exported: Exported) -> None:
    def types(name: str) -> set[str]:
        return {file.stem.removeprefix("model-") for file in exported(name, "gguf")[0].glob("*.gguf")}

    assert types("ternary") == {"F16", "Q8_0", "TQ2_0", "TQ1_0"}
    assert types("plain") == {"F16", "Q8_0"}
    left_out = exported("plain", "gguf")[1]["storagesLeftOut"]
    assert left_out == dict.fromkeys(("TQ2_0", "TQ1_0"), "its weights are not ternary")
