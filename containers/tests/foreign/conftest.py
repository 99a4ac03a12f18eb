"""Toys, trained once, and their exports. Files here are check_*: only `npm run test:foreign` runs them."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.export.backbone import backbone
from agent_forge.export.command import run_export
from agent_forge.models.folder import load_model
from agent_forge.models.titan import TinyTitan
from tests.support.trained_toys import (
    SPEECHES,
    SPEECHES_READ,
    speeches,
    toy_config,
    write_corpus,
    write_trained,
)

STEPS = 60
TOYS: dict[str, dict[str, Any]] = {
    "plain": {"memory": False, "act": 0, "subln": False},
    "whole": {"memory": True, "act": 2, "subln": True, "thoughts": True},
    "ternary": {"memory": False, "act": 0, "subln": True, "ternary": True, "width": 256},
    "pondering": {"memory": False, "act": 3, "subln": True},
}
ALL_LOSSES = "memory,thought,act"


@dataclass(frozen=True)
class Toy:
    """A trained model in a folder."""

    name: str
    folder: Path

    @property
    def model(self) -> TinyTitan:
        """The model."""
        return load_model(self.folder).eval()

    @property
    def tokenizer(self) -> TextTokenizer:
        """Its tokenizer."""
        return TextTokenizer.of(self.folder)


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Toy]:
    """All toys."""
    torch.manual_seed(0)
    root, texts = tmp_path_factory.mktemp("toys"), speeches()
    found = {}
    for name, choice in TOYS.items():
        found[name] = Toy(name, write_trained(root / name, toy_config(**choice), STEPS, texts))
    return found


@pytest.fixture(scope="session")
def exported(
    toys: dict[str, Toy], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], tuple[Path, dict[str, Any]]]:
    """(toy, form) to the folder and its export.json; made once."""
    root = tmp_path_factory.mktemp("exports")
    texts = [path.read_text(encoding="utf-8") for path in sorted(SPEECHES.glob("*.txt"))[:SPEECHES_READ]]
    corpus = write_corpus(root / "corpus.ndjson", texts)

    def export(name: str, form: str) -> tuple[Path, dict[str, Any]]:
        out = root / f"{name}-{form}"
        if not out.exists():
            code = run_export(toys[name].folder, form, out, record=None, corpus=corpus, leave_out=ALL_LOSSES)
            assert code == 0
        return out, json.loads((out / "export.json").read_text(encoding="utf-8"))

    return export


@pytest.fixture(scope="session")
def held_out(toys: dict[str, Toy]) -> str:
    """Text that no toy was trained on."""
    return "\n".join(speeches().held_out)


@pytest.fixture(scope="session")
def plain_of(
    toys: dict[str, Toy], exported: Callable[[str, str], tuple[Path, dict[str, Any]]]
) -> Callable[[str, str], TinyTitan]:
    """The backbone that an export of a toy holds, by our own code."""
    return lambda name, form: backbone(toys[name].model, exported(name, form)[1]["standard"]["depth"])


@pytest.fixture(scope="module")
def figures(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What a file measured; written where `npm run test:foreign` prints it from."""
    found: dict[str, Any] = {}
    yield found
    name = request.module.__name__.rpartition("check_")[2]
    folder = Path(os.environ["FORGE_FOREIGN_RESULTS"])
    (folder / f"{name}.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
