"""Hugging Face folders: `full/` with our code beside the weights, `standard/` that needs none of it."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from safetensors.torch import save

from agent_forge.data.tokenizer import BOS, BOS_ID, EOS, EOS_ID, PAD, PAD_ID
from agent_forge.export.card import Card, write_card
from agent_forge.export.llama import llama_config, llama_tensors
from agent_forge.export.source import Source
from agent_forge.export.standard import Standard
from agent_forge.model_files import CONFIG, TOKENIZER, WEIGHTS

PACKAGE = Path(__file__).resolve().parent.parent
CODE = (
    "models/act.py", "models/attention.py", "models/config.py", "models/memory.py", "models/ternary.py",
    "models/thought.py", "models/titan.py", "export/remote_code/configuration_tiny_titan.py",
    "export/remote_code/modeling_tiny_titan.py",
)  # fmt: skip
# What `forge models import` takes instead of config.json: the registered one, which names no code.
REGISTERED_CONFIG = "forge_config.json"
_OURS = re.compile(r"^from agent_forge\.(?:[a-z_]+\.)*([a-z_]+) import ", re.MULTILINE)


def write_full(source: Source, folder: Path, standard: Standard | None, why_not: str | None) -> None:
    """The model itself: registered weights byte by byte, our modules as its code, a card.

    Args:
        folder: made by this.
        standard: the other folder, for its figures on the card; None where it was not made.
        why_not: why it was not made.
    """
    folder.mkdir()
    shutil.copyfile(source.folder / WEIGHTS, folder / WEIGHTS)
    registered = source.model.config.to_json()
    shutil.copyfile(source.folder / CONFIG, folder / REGISTERED_CONFIG)
    _write_json(folder / CONFIG, {
        **registered,
        "architectures": ["TinyTitanForCausalLM"],
        "auto_map": {
            "AutoConfig": "configuration_tiny_titan.TinyTitanHFConfig",
            "AutoModelForCausalLM": "modeling_tiny_titan.TinyTitanForCausalLM",
        },
        "dtype": "float32",
        "model_type": "tiny-titan",
    })  # fmt: skip
    for path in CODE:
        (folder / Path(path).name).write_text(as_remote_code((PACKAGE / path).read_text("utf-8")), "utf-8")
    _write_tokenizer(source.folder, folder, source.model.config.arch.window)
    write_card(folder, Card("full", source, standard, why_not))


def write_standard(source: Source, folder: Path, standard: Standard) -> None:
    """The backbone under Llama's or BitNet's names; loads with no flag."""
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(save(llama_tensors(standard.model), metadata={"format": "pt"}))
    _write_json(folder / CONFIG, llama_config(standard.model.config))
    _write_tokenizer(source.folder, folder, standard.model.config.arch.window)
    write_card(folder, Card("standard", source, standard, None))


def as_remote_code(text: str) -> str:
    """A module of ours with imports that work where all modules lie in one folder."""
    return _OURS.sub(r"from .\1 import ", text)


def _write_tokenizer(source: Path, folder: Path, window: int) -> None:
    shutil.copyfile(source / TOKENIZER, folder / TOKENIZER)
    _write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": BOS, "eos_token": EOS, "pad_token": PAD,
        "model_max_length": window, "clean_up_tokenization_spaces": False, "add_bos_token": False,
    })  # fmt: skip
    ids = {"bos_token_id": BOS_ID, "eos_token_id": EOS_ID, "pad_token_id": PAD_ID}
    _write_json(folder / "generation_config.json", {**ids, "do_sample": False})


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
