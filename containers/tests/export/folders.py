"""Model folders to export, their records, and the export command run as a program runs it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from agent_forge.__main__ import main
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.config import ModelConfig
from agent_forge.models.folder import save_model
from agent_forge.models.titan import TinyTitan
from tests.support.trained_toys import ROWS, toy_config, write_corpus

TEXTS = [f"The {word} of the Union is strong, {word} by {word}; we the people said so." for word in (
    "state", "strength", "senate", "house", "treasury", "secretary", "citizen", "congress", "commerce",
    "peace", "war",
    "labour",
)]  # fmt: skip


def config_of(**choice: Any) -> ModelConfig:
    """A toy's config.json whose whole corpus file may be measured on."""
    config = toy_config(**{"memory": False, "act": 0, "subln": False, "width": 32} | choice)
    return config.with_lineage(held_out_every=0)


def write_folder(folder: Path, config: ModelConfig) -> Path:
    """Untrained, with gains and step embeddings that are not what they start as."""
    tokenizer = TextTokenizer.train(TEXTS, ROWS)
    model = TinyTitan(replace(config, tokenizer_hash=tokenizer.hash)).initialise(3)
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight") or "step_embedding" in name:
                parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
    save_model(model, folder, tokenizer.json)
    return folder


def corpus(path: Path) -> Path:
    """Enough text for both halves."""
    return write_corpus(path, TEXTS * 4)


def write_record(path: Path, folder: Path) -> Path:
    """As the registry's metadata document tells it; only what an export reads."""
    weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    identity = {"id": "01H", "reference": "toy@2", "phase": "evomerge", "run": {"id": "01R", "name": "r"}}
    parent = {"modelId": "01P", "reference": "parent@1", "relation": "continued-from", "weight": 1.0}
    figure = {"value": 1.75, "unit": "bits/byte", "metric": "runs/01R/metrics/eval/7"}
    metric = {"name": "bits_per_byte", "phase": "evomerge", "split": "held-out", "measured": figure}
    licence = {"of": "corpus", "name": "sotu@1", "sha256": "0" * 64, "licence": "CC0-1.0"}
    document = {
        "identity": identity, "properties": {"weightsHash": weights}, "metrics": [metric],
        "lineage": {"parents": [parent], "ancestors": [parent], "phases": []}, "licences": [licence],
    }  # fmt: skip
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def export(
    capsys: pytest.CaptureFixture[str], folder: Path, form: str, out: Path, *more: object
) -> tuple[int, dict[str, Any]]:
    """Exit code and the document on standard output."""
    words = ["export", "--model", folder, "--to", form, "--out", out, *more]
    code = main([str(word) for word in words])
    return code, json.loads(capsys.readouterr().out)
