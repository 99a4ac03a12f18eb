"""A backbone under the names of GGUF, and which of llama.cpp's storage types each of its tensors may have.

Llama's rotary pairs are neighbours in llama.cpp, so the rows of q and k are permuted; its BitNet rotates
halves as we do, and its rows stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

from agent_forge.export.llama import EMBEDDING, NORM, family, llama_name, llama_tensors
from agent_forge.models.titan import TinyTitan

Storage = Literal["F32", "F16", "Q8_0", "TQ2_0", "TQ1_0"]
STORAGES: tuple[Storage, ...] = ("F16", "Q8_0", "TQ2_0", "TQ1_0")
BLOCK: Mapping[str, int] = {"F32": 1, "F16": 1, "Q8_0": 32, "TQ2_0": 256, "TQ1_0": 256}
NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.attn_sub_norm": "attn_sub_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "mlp.ffn_sub_norm": "ffn_sub_norm", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """A tensor as it is written."""

    tensor: Tensor
    storage: Storage


def gguf_name(name: str) -> str:
    """Llama's name to GGUF's, for example `model.layers.0.mlp.up_proj.weight` to `blk.0.ffn_up.weight`."""
    if name in (EMBEDDING, NORM):
        return "token_embd.weight" if name == EMBEDDING else "output_norm.weight"
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{NAMES[rest.removesuffix('.weight')]}.weight"


def permute(weight_OI: Tensor, heads: int) -> Tensor:
    """Rows of each head from halves (0..K/2, K/2..K) to pairs (0, K/2, 1, K/2 + 1, ...)."""
    rows = weight_OI.shape[0]
    halves = weight_OI.reshape(heads, 2, rows // heads // 2, weight_OI.shape[1])
    return halves.transpose(1, 2).reshape(weight_OI.shape).contiguous()


def gguf_tensors(plain: TinyTitan, ternary: frozenset[str], storage: Storage) -> dict[str, Stored]:
    """Every tensor in the type that it gets.

    Args:
        plain: a backbone.
        ternary: our names of its matrices that hold three values only.
        storage: of the file. TQ* goes to ternary matrices only, F16 to the other ones; vectors stay F32.
    """
    heads = plain.config.arch.num_heads
    kind = family(plain.config)
    wanted = {llama_name(name) for name in ternary}
    stored = {}
    for name, tensor in llama_tensors(plain).items():
        if kind == "llama" and name.endswith(("q_proj.weight", "k_proj.weight")):
            tensor = permute(tensor, heads)
        chosen: Storage = "F32" if tensor.ndim < 2 else storage
        if chosen.startswith("TQ") and name not in wanted:
            chosen = "F16"
        stored[gguf_name(name)] = Stored(tensor, chosen)
    return stored


def why_not(plain: TinyTitan, ternary: frozenset[str], storage: Storage) -> str | None:
    """Why a file of this type cannot be, or None."""
    if storage.startswith("TQ") and not ternary:
        return "its weights are not ternary"
    size = BLOCK[storage]
    rows = {
        each.tensor.shape[1]
        for each in gguf_tensors(plain, ternary, storage).values()
        if each.storage == storage
    }
    if wrong := sorted(row for row in rows if row % size):
        return f"rows of {', '.join(map(str, wrong))} are no multiples of {size}"
    return None


def gguf_facts(plain: TinyTitan) -> dict[str, Any]:
    """Numbers of the header, by the names that the format gives them below the architecture."""
    arch = plain.config.arch
    return {
        "context_length": arch.window,
        "embedding_length": arch.d_model,
        "block_count": arch.num_layers,
        "feed_forward_length": arch.d_ff,
        "head_count": arch.num_heads,
        "rms_eps": arch.norm_eps,
        "rope_dimension": arch.head_dim,
        "rope_theta": arch.rope_theta,
        "vocab_size": arch.vocab_size,
    }
