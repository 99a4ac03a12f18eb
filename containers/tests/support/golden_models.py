"""The models that the golden numbers of merges were made from: a Llama of three layers, from counted bits
alone.

Values come from Philox' raw bits, which numpy promises never to change, so that no weights need to be kept.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.support.toy_folders import Tensors, write_model

HIDDEN, INNER, ROWS, LAYERS = 16, 32, 32, 3
CONFIG: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": HIDDEN,
    "intermediate_size": INNER,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "vocab_size": ROWS,
    "tie_word_embeddings": False,
}
NAMES = ("base", "a", "b", "c")


def shapes() -> dict[str, tuple[int, ...]]:
    """Every tensor of the Llama."""
    found: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (ROWS, HIDDEN),
        "lm_head.weight": (ROWS, HIDDEN),
        "model.norm.weight": (HIDDEN,),
    }
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        found |= {f"{at}.self_attn.{name}_proj.weight": (HIDDEN, HIDDEN) for name in "qkvo"}
        found |= {f"{at}.mlp.{name}_proj.weight": (INNER, HIDDEN) for name in ("gate", "up")}
        found |= {f"{at}.mlp.down_proj.weight": (HIDDEN, INNER)}
        found |= {f"{at}.{name}_layernorm.weight": (HIDDEN,) for name in ("input", "post_attention")}
    return found


def uniform(label: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Numbers in -0.5..0.5, the same for the same label on every machine."""
    key = int.from_bytes(hashlib.sha256(label.encode()).digest()[:16], "little")
    raw = np.random.Philox(key=key).random_raw(int(np.prod(shape)))
    return ((raw >> np.uint64(40)).astype(np.float64) / 2**24 - 0.5).astype(np.float32).reshape(shape)


def golden_tensors(model: str) -> Tensors:
    """A model's tensors: a base, and for `a`, `b`, `c` a shared and an own change of it."""
    tensors = {}
    for name, shape in shapes().items():
        base = uniform(f"base {name}", shape) * np.float32(0.2)
        shared, own = uniform(f"shared {name}", shape), uniform(f"{model} {name}", shape)
        change = np.float32(0 if model == "base" else 0.04) * (shared + np.float32(0.7) * own)
        tensors[name] = (base + change + np.float32("norm" in name)).astype(np.float32)
    return tensors


def write_golden_models(root: Path) -> dict[str, Path]:
    """Folders of all four models by name."""
    return {name: write_model(root / name, golden_tensors(name), CONFIG) for name in NAMES}


def sampled(tensor: NDArray[Any]) -> NDArray[Any]:
    """At most 24 elements of a tensor, spread evenly, first and last among them."""
    flat = np.asarray(tensor).reshape(-1)
    return flat[np.linspace(0, flat.size - 1, min(24, flat.size)).astype(int)]
