"""A model folder of two blocks and a few hundred numbers, with all that measuring needs."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

VOCABULARY, WIDTH = 8, 4


def toy_tensors(seed: int = 0) -> dict[str, Tensor]:
    """Random tensors with the names a TinyTitan has."""
    generator = torch.Generator().manual_seed(seed)
    shapes = {"embedding.weight": (VOCABULARY, WIDTH), "norm.weight": (WIDTH,)}
    shapes |= {f"blocks.{block}.attn.q.weight": (WIDTH, WIDTH) for block in range(2)}
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def write_toy_model(
    folder: Path, tensors: dict[str, Tensor] | None = None, config: dict | None = None
) -> Path:
    """Write model.safetensors, config.json and tokenizer.json."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors or toy_tensors(), folder / "model.safetensors")
    blocks = {"arch": {"d_model": WIDTH}, "quant": {"enabled": False}, **(config or {})}
    (folder / "config.json").write_text(json.dumps(blocks), encoding="utf-8")
    vocabulary = {"a": 0, "b": 1, "c": 2, "d": 3}
    added = [{"id": 4 + row, "content": f"<|reserved_{row}|>"} for row in range(4)]
    tokenizer = {"model": {"type": "BPE", "vocab": vocabulary}, "added_tokens": added}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    return folder
