"""Hugging Face folders in transformers, offline: logits against our own forward pass."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from agent_forge.models.titan import TinyTitan
from tests.foreign.conftest import TOYS, Toy

Exported = Callable[[str, str], tuple[Path, dict[str, Any]]]
REGISTERED = """
import sys, torch
from safetensors.torch import save_file, load_file
from agent_forge.export.remote_code.register import register
from transformers import AutoModelForCausalLM
register()
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], trust_remote_code=False).eval()
with torch.no_grad():
    save_file({"logits": model(load_file(sys.argv[2])["ids"]).logits}, sys.argv[3])
"""


def rows(toy: Toy, text: str) -> torch.Tensor:
    """Three texts of 60 tokens, held out."""
    ids = toy.tokenizer.encode(text[:4000])
    return torch.tensor([ids[start : start + 60] for start in (0, 100, 300)])


def logits(folder: Path, ids: torch.Tensor, **flags: Any) -> torch.Tensor:
    """Of a folder; every tensor has to be found and used."""
    model, told = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True, **flags)
    assert not told["missing_keys"]
    assert not told["unexpected_keys"]
    with torch.no_grad():
        found: torch.Tensor = model.eval()(ids).logits
    return found


@pytest.mark.parametrize("name", TOYS)
def test_full_gives_our_logits_with_its_own_code(
    name: str, toys: dict[str, Toy], exported: Exported, held_out: str, figures: dict[str, Any]
) -> None:
    ids = rows(toys[name], held_out)
    theirs = logits(exported(name, "hf")[0] / "full", ids, trust_remote_code=True)
    with torch.no_grad():
        ours = toys[name].model(ids).logits_BTV
    figures[f"{name} full, largest difference"] = float((theirs - ours).abs().max())
    assert torch.allclose(theirs, ours, atol=1e-5, rtol=0)


def test_full_loads_through_the_registered_package_without_remote_code(
    toys: dict[str, Toy], exported: Exported, held_out: str, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    ids = rows(toys["whole"], held_out)
    save_file({"ids": ids}, tmp_path / "ids")
    folder = exported("whole", "hf")[0] / "full"
    # A process of its own: registering is for good.
    command = [sys.executable, "-c", REGISTERED, str(folder), str(tmp_path / "ids"), str(tmp_path / "out")]
    subprocess.run(command, check=True, timeout=300, cwd=Path(__file__).parents[2])
    with torch.no_grad():
        ours = toys["whole"].model(ids).logits_BTV
    assert torch.allclose(load_file(tmp_path / "out")["logits"], ours, atol=1e-5, rtol=0)


def test_full_does_not_load_where_its_code_is_not_trusted(exported: Exported) -> None:
    with pytest.raises(ValueError, match="trust_remote_code"):
        AutoModelForCausalLM.from_pretrained(exported("whole", "hf")[0] / "full", trust_remote_code=False)


def test_full_generates_what_greedy_choice_by_our_logits_gives(
    toys: dict[str, Toy], exported: Exported, held_out: str
) -> None:
    ids = rows(toys["whole"], held_out)[:1, :20]
    folder = exported("whole", "hf")[0] / "full"
    model = AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=True).eval()
    said = model.generate(ids, max_new_tokens=12, do_sample=False)
    ours, titan = ids, toys["whole"].model
    with torch.no_grad():
        for _ in range(12):
            ours = torch.cat([ours, titan(ours).logits_BTV[:, -1:].argmax(-1)], dim=1)
    assert torch.equal(said, ours)


@pytest.mark.parametrize("name", TOYS)
def test_standard_loads_with_no_flag_and_gives_the_backbones_logits(
    name: str, toys: dict[str, Toy], exported: Exported, held_out: str, figures: dict[str, Any],
    plain_of: Callable[[str, str], TinyTitan],
) -> None:  # fmt: skip
    ids = rows(toys[name], held_out)
    theirs = logits(exported(name, "hf")[0] / "standard", ids, trust_remote_code=False)
    with torch.no_grad():
        ours = plain_of(name, "hf")(ids).logits_BTV
    measured = exported(name, "hf")[1]["standard"]["measured"]
    figures[f"{name} standard, largest difference"] = float((theirs - ours).abs().max())
    figures[f"{name} standard, loss in bits per byte"] = measured["loss"]
    assert torch.allclose(theirs, ours, atol=1e-4, rtol=0)


def test_the_tokenizer_gives_our_ids(toys: dict[str, Toy], exported: Exported, held_out: str) -> None:
    theirs = AutoTokenizer.from_pretrained(exported("plain", "hf")[0] / "standard")
    text = held_out[:20_000]
    assert theirs(text, add_special_tokens=False)["input_ids"] == toys["plain"].tokenizer.encode(text)
