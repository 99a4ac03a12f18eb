"""Llama's and BitNet's forward pass from a folder's files, written from the papers: an oracle."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor


def _norm(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps) * gain


def _turn(x_THK: Tensor, theta: float) -> Tensor:
    """Rotary positions as complex numbers, pairs (i, i + K/2)."""
    half = x_THK.shape[-1] // 2
    rates = theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(x_THK.shape[0], dtype=torch.float64)[:, None, None] * rates
    turned = torch.complex(x_THK[..., :half], x_THK[..., half:]) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([turned.real, turned.imag], -1)


def forward(folder: Path, tokens_T: Tensor) -> Tensor:
    """Logits (T, V) of one text, in fp64."""
    config = json.loads((folder / "config.json").read_text())
    w = {name: tensor.double() for name, tensor in load_file(folder / "model.safetensors").items()}
    eps, theta = config["rms_norm_eps"], config["rope_parameters"]["rope_theta"]
    heads, norms = config["num_attention_heads"], config["model_type"] == "bitnet"
    x = w["model.embed_tokens.weight"][tokens_T]
    length = len(tokens_T)
    hidden_from = torch.ones(length, length, dtype=torch.bool).triu(1)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        normed = _norm(x, w[at + "input_layernorm.weight"], eps)
        q, k, v = ((normed @ w[f"{at}self_attn.{n}_proj.weight"].T).view(length, heads, -1) for n in "qkv")
        scores = torch.einsum("thk,shk->hts", _turn(q, theta), _turn(k, theta)) / q.shape[-1] ** 0.5
        mixed = torch.einsum("hts,shk->thk", scores.masked_fill(hidden_from, -torch.inf).softmax(-1), v)
        mixed = mixed.reshape(length, -1)
        if norms:
            mixed = _norm(mixed, w[at + "self_attn.attn_sub_norm.weight"], eps)
        x = x + mixed @ w[at + "self_attn.o_proj.weight"].T
        normed = _norm(x, w[at + "post_attention_layernorm.weight"], eps)
        gate, up = (normed @ w[f"{at}mlp.{n}_proj.weight"].T for n in ("gate", "up"))
        inner = gate * torch.sigmoid(gate) * up
        if norms:
            inner = _norm(inner, w[at + "mlp.ffn_sub_norm.weight"], eps)
        x = x + inner @ w[at + "mlp.down_proj.weight"].T
    return _norm(x, w["model.norm.weight"], eps) @ w["model.embed_tokens.weight"].T
