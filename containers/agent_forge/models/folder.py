"""A model on disk: model.safetensors, config.json, tokenizer.json in a folder. Nothing in it can run code."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from agent_forge.errors import ForgeError
from agent_forge.model_files import CONFIG, LATE_BLOCKS, PROPERTIES, TOKENIZER, WEIGHTS
from agent_forge.models.config import ModelConfig
from agent_forge.models.titan import TinyTitan


def architecture_hash(shapes: Mapping[str, Sequence[int]]) -> str:
    """SHA-256 over names and shapes, without the blocks that later phases add.

    Args:
        shapes: tensor name to shape, for example from a safetensors header.
    """
    counted = {
        name: [int(size) for size in shape]
        for name, shape in shapes.items()
        if not any(name.startswith(block) or f".{block}" in name for block in LATE_BLOCKS)
    }
    return hashlib.sha256(json.dumps(counted, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def parameter_count(shapes: Mapping[str, Sequence[int]]) -> int:
    """Number of scalars in all tensors."""
    return sum(int(torch.Size(shape).numel()) for shape in shapes.values())


def shapes_of(model: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    """Name to shape of every tensor of the state dict."""
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


def save_model(model: TinyTitan, folder: Path, tokenizer_json: str) -> str:
    """Write the three files; returns the weights hash (SHA-256 of model.safetensors)."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = save({name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()})
    (folder / WEIGHTS).write_bytes(weights)
    (folder / CONFIG).write_text(
        json.dumps(model.config.to_json(), indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    (folder / TOKENIZER).write_bytes(tokenizer_json.encode())
    return hashlib.sha256(weights).hexdigest()


def weights_hash(folder: Path) -> str:
    """SHA-256 of the weight file: what lineages name a model by."""
    return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


def read_config(folder: Path) -> ModelConfig:
    """Parse config.json.

    Raises:
        ForgeError(validation): it is missing, is no JSON, or describes nothing that can be built.
    """
    path = folder / CONFIG
    try:
        return ModelConfig.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ForgeError("validation", f"{folder} has no {CONFIG}; expected a model folder.") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ForgeError("validation", f"{path} describes no model: {error}. Correct the model.") from error


def load_model(folder: Path, device: torch.device | str = "cpu") -> TinyTitan:
    """Build the model that config.json describes on `device` and fill it, strictly.

    Raises:
        ForgeError(validation): the files are no model; names tensors that are not what config.json describes.
    """
    model = TinyTitan(read_config(folder))
    tensors = _read_weights(folder / WEIGHTS)
    expected, found = shapes_of(model), {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if expected != found:
        wrong = sorted(
            name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
        )
        raise ForgeError(
            "validation",
            f"{folder / WEIGHTS} does not fit its {CONFIG}: {len(wrong)} tensors differ, first"
            f" {[(name, 'file', found.get(name), 'config', expected.get(name)) for name in wrong[:3]]}."
            " Expected the files of one model.",
        )
    model.load_state_dict(tensors)
    return model.to(device)


def _read_weights(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except FileNotFoundError as error:
        raise ForgeError("validation", f"{path.parent} has no {WEIGHTS}; expected a model folder.") from error
    except SafetensorError as error:
        raise ForgeError("validation", f"{path} is not a safetensors file: {error}.") from error


def load_child(folder: Path, phase: str, seed: int) -> TinyTitan:
    """What a phase begins with: the tensors of the model in `folder`, with the lineage of a child of it.

    The base is the one that the registry measured with. An imported model may name another one in its config:
    nobody here has seen it, so the imported model is the base of what is made of it.
    """
    model = load_model(folder)
    measured = folder / PROPERTIES
    known = model.config.lineage
    if measured.exists():
        known = replace(known, base_hash=json.loads(measured.read_text(encoding="utf-8"))["baseHash"])
    lineage = known.child(weights_hash(folder), phase, seed)
    return model.with_config(replace(model.config, lineage=lineage))
