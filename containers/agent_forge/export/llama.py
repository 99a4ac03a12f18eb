"""A backbone under the names of Llama, or of BitNet where it has SubLN: tensors and config.json.

BitNet's blocks in transformers and in llama.cpp are Llama's with a norm in front of the two output
projections, which is SubLN; with SiLU both compute what a backbone computes. llama.cpp ties BitNet's head to
its embedding whatever a file says, so its scale goes into the rows and the last norm takes it out.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, EOS_ID, PAD_ID
from agent_forge.models.config import ModelConfig
from agent_forge.models.titan import TinyTitan

PROJECTIONS = {
    "attn.q": "self_attn.q_proj", "attn.k": "self_attn.k_proj", "attn.v": "self_attn.v_proj",
    "attn.o": "self_attn.o_proj", "ffn.gate": "mlp.gate_proj", "ffn.up": "mlp.up_proj",
    "ffn.down": "mlp.down_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn.sub_norm": "self_attn.attn_sub_norm", "ffn.sub_norm": "mlp.ffn_sub_norm",
}  # fmt: skip
EMBEDDING, NORM = "model.embed_tokens.weight", "model.norm.weight"


def llama_name(name: str) -> str:
    """Ours to Llama's, for example `blocks.0.attn.q.weight` to `model.layers.0.self_attn.q_proj.weight`.

    Raises:
        KeyError: Llama has no such tensor.
    """
    if name in ("embedding.weight", "norm.weight"):
        return EMBEDDING if name == "embedding.weight" else NORM
    _, layer, rest = name.split(".", 2)
    return f"model.layers.{layer}.{PROJECTIONS[rest.removesuffix('.weight')]}.weight"


def llama_tensors(plain: TinyTitan) -> dict[str, Tensor]:
    """All tensors of a backbone, fp32; without SubLN its gains are left away, nothing reads them."""
    scale = plain.config.arch.embed_scale
    tensors = {
        llama_name(name): tensor.detach().float().contiguous()
        for name, tensor in plain.state_dict().items()
        if plain.config.quant.subln or "sub_norm" not in name
    }
    tensors[EMBEDDING] = tensors[EMBEDDING] * scale
    tensors[NORM] = tensors[NORM] / scale
    return tensors


def family(config: ModelConfig) -> str:
    """`model_type` of the folder and architecture of the GGUF file."""
    return "bitnet" if config.quant.subln else "llama"


def llama_config(config: ModelConfig) -> dict[str, Any]:
    """config.json of the folder.

    Args:
        config: of the backbone.
    """
    arch = config.arch
    kind = family(config)
    document: Mapping[str, Any] = {
        "architectures": ["BitNetForCausalLM" if kind == "bitnet" else "LlamaForCausalLM"],
        "model_type": kind,
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": BOS_ID,
        "eos_token_id": EOS_ID,
        "pad_token_id": PAD_ID,
        "dtype": "float32",
        "head_dim": arch.head_dim,
        "hidden_act": "silu",
        "hidden_size": arch.d_model,
        "intermediate_size": arch.d_ff,
        "max_position_embeddings": arch.window,
        "num_attention_heads": arch.num_heads,
        "num_hidden_layers": arch.num_layers,
        "num_key_value_heads": arch.num_heads,
        "rms_norm_eps": arch.norm_eps,
        "rope_parameters": {"rope_theta": arch.rope_theta, "rope_type": "default"},
        "rope_theta": arch.rope_theta,
        "tie_word_embeddings": True,
        "vocab_size": arch.vocab_size,
    }
    return dict(document)
