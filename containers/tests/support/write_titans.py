"""Tiny models in folders, with what the container measures of each: what another reader has to measure too.

`python write_titans.py DIR` writes `DIR/<name>/` and prints {name: {properties, architecture}} as JSON.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from agent_forge.architecture import extract_architecture
from agent_forge.models.config import ArchConfig, ModelConfig
from agent_forge.models.folder import save_model
from agent_forge.models.titan import TinyTitan
from agent_forge.properties import measure_model

RESERVED = ["<|reserved_0|>", "<|thought_start|>", "<|tool_call|>", "<|persona_é|>", "<|other_0|>"]


def _tokenizer() -> str:
    vocabulary = {f"t{index}": index for index in range(40)} | {"ü": 40, "日": 41}
    added = [{"id": 42 + row, "content": token} for row, token in enumerate(RESERVED)]
    return json.dumps({"model": {"type": "BPE", "vocab": vocabulary}, "added_tokens": added})


def _titan(folder: Path, layers: int, width: int) -> Path:
    torch.manual_seed(layers)
    arch = ArchConfig(d_model=width, num_layers=layers, num_heads=2, d_ff=2 * width, vocab_size=64, window=8)
    save_model(TinyTitan(ModelConfig(arch=arch)), folder, _tokenizer())
    return folder


def _change(folder: Path, tensors: dict[str, torch.Tensor], config: dict[str, object]) -> None:
    """Add tensors of later phases and of every stored type."""
    weights = folder / "model.safetensors"
    save_file(load_file(weights) | tensors, weights)
    document = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(document | config), encoding="utf-8")


def main(root: Path) -> None:
    """Write the folders and print the measurements."""
    folders = {"small": _titan(root / "small", 1, 8), "wide": _titan(root / "wide", 3, 16)}
    folders["late"] = _titan(root / "late", 2, 8)
    _change(
        folders["late"],
        {
            "thought.start.weight": torch.ones(2, 3),
            "blocks.0.lora.a.weight": torch.zeros(2, 2),
            "blocks.1.quant.codes": torch.ones(5, dtype=torch.uint8),
            "zeros.negative": torch.tensor([[-0.0, 0.0]]),
            "zeros.half": torch.zeros(2, 2, dtype=torch.float16),
            "zeros.vector": torch.zeros(3),
            "tiny.brain": torch.full((2, 2), 1e-40, dtype=torch.bfloat16),
            "double.small": torch.tensor([[0.0, 5e-324]], dtype=torch.float64),
            "naïve.日本.😀.weight": torch.ones(1),
            "naïve.\ufffd.weight": torch.ones(1, dtype=torch.int64),
            'quote"back\\slash\t.weight': torch.ones(2, dtype=torch.float16),
            "head.weight": torch.ones(64, 8),
        },
        {
            "thought": {"enabled": True, "start_id": 3, "end_id": 4},
            "tools": {"layers": 2, "types": ["calc", "search"]},
        },
    )
    folders["masters"] = _titan(root / "masters", 1, 8)
    _change(folders["masters"], {}, {"quant": {"enabled": True}})
    measured = {}
    for name, folder in folders.items():
        properties = measure_model(folder)
        measured[name] = {"properties": properties, "architecture": extract_architecture(folder, properties)}
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]))
