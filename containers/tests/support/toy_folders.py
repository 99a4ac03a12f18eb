"""Small model folders for merges: written by the safetensors library, tensors named as TinyTitan's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import deserialize
from safetensors.numpy import load_file, save_file

Tensors = dict[str, NDArray[Any]]
_RAW = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
WIDTH, ROWS, LAYERS = 32, 64, 2
TOKENIZER = {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}, "added_tokens": []}


def titan_tensors(seed: int, layers: int = LAYERS) -> Tensors:
    """A few tensors named as TinyTitan's, gains and a one-element bias among them."""
    rng = np.random.default_rng(seed)
    tensors: Tensors = {
        "embedding.weight": rng.normal(0, 0.05, (ROWS, WIDTH)),
        "norm.weight": rng.normal(1, 0.1, WIDTH),
        "act.halt.weight": rng.normal(0, 0.1, (1, WIDTH)),
        "act.halt.bias": rng.normal(0, 0.1, 1),
    }
    for layer in range(layers):
        tensors[f"blocks.{layer}.attn_norm.weight"] = rng.normal(1, 0.1, WIDTH)
        tensors[f"blocks.{layer}.attn.q.weight"] = rng.normal(0, 0.1, (WIDTH, WIDTH))
        tensors[f"blocks.{layer}.ffn.up.weight"] = rng.normal(0, 0.1, (2 * WIDTH, WIDTH))
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def moved(base: Tensors, seed: int, size: float = 0.01) -> Tensors:
    """A fine-tune: the base and normal noise."""
    rng = np.random.default_rng(seed)
    return {
        name: (tensor + rng.normal(0, size, tensor.shape)).astype(np.float32) for name, tensor in base.items()
    }


def write_model(
    folder: Path,
    tensors: Tensors,
    config: Mapping[str, Any] | None = None,
    tokenizer: Mapping[str, Any] | None = None,
) -> Path:
    """A folder with model.safetensors, config.json and tokenizer.json; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "model.safetensors")
    config = config or {"arch": {"num_layers": LAYERS, "vocab_size": ROWS, "d_model": WIDTH}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer or TOKENIZER), encoding="utf-8")
    return folder


def read_model(folder: Path) -> Tensors:
    """All tensors of a folder's weight files, by the safetensors library."""
    tensors: Tensors = {}
    for path in sorted(folder.glob("*.safetensors")):
        tensors |= load_file(path)
    return tensors


def read_model_as_float32(folder: Path) -> Tensors:
    """The same for any float type; bfloat16, which numpy does not know, is widened bit by bit."""
    tensors: Tensors = {}
    for path in sorted(folder.glob("*.safetensors")):
        for name, entry in deserialize(path.read_bytes()):
            raw = np.frombuffer(entry["data"], dtype=_RAW[entry["dtype"]])
            wide = (raw.astype(np.uint32) << 16).view(np.float32) if entry["dtype"] == "BF16" else raw
            tensors[name] = wide.astype(np.float32).reshape(entry["shape"])
    return tensors
