"""Slow, literal forms of the paper's equations: the oracles of the model tests."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.memory import Inputs


def pico_config(**blocks: object) -> ModelConfig:
    """A model of a few thousand parameters."""
    arch = ArchConfig(d_model=16, num_layers=2, num_heads=2, d_ff=32, vocab_size=64, window=5)
    act = ActConfig(n_max=3, halt_bias=0.0)
    ltm = LtmConfig(dim=8, chunk=4)
    return ModelConfig(**{"arch": arch, "act": act, "ltm": ltm, **blocks})


def random_inputs(batch: int, length: int, width: int, seed: int) -> Inputs:
    """Keys and queries of unit norm, gates over their whole range."""
    generator = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(batch, length, width, generator=generator) for _ in range(3))
    keep, eta, theta = (torch.randn(batch, length, generator=generator) for _ in range(3))
    return Inputs(
        F.normalize(q, dim=-1),
        F.normalize(k, dim=-1),
        v,
        F.logsigmoid(keep),
        F.logsigmoid(eta),
        torch.sigmoid(theta),
    )


def apply_memory(weights: Sequence[Tensor], x: Tensor) -> Tensor:
    """M(x) for one sequence."""
    for index, weight in enumerate(weights):
        x = weight @ x
        if index + 1 < len(weights):
            x = F.silu(x)
    return x


def inner_loss(weights: tuple[Tensor, ...], k: Tensor, v: Tensor) -> Tensor:
    """|M(k) - v|^2 of one token."""
    return (apply_memory(weights, k) - v).square().sum()


def clipped_gradient(weights: tuple[Tensor, ...], k: Tensor, v: Tensor, clip: float) -> tuple[Tensor, ...]:
    """Autograd's gradient, scaled so that the output error 2(M(k) - v) is no longer than `clip`."""
    error = 2.0 * (apply_memory(weights, k) - v)
    scale = min(1.0, clip / max(1e-12, float(error.detach().norm())))
    return tuple(g * scale for g in torch.func.grad(inner_loss)(weights, k, v))


def sequential_memory(first: Sequence[Tensor], inputs: Inputs, chunk: int, clip: float) -> Tensor:
    """Token by token, the gradient's point frozen at the start of each chunk; reads (B, T, M)."""
    batch, length, _ = inputs.k.shape
    reads = torch.zeros_like(inputs.v)
    for b in range(batch):
        weights = tuple(w.clone() for w in first)
        momentum = tuple(torch.zeros_like(w) for w in first)
        frozen = weights
        for t in range(length):
            if t % chunk == 0:
                frozen = weights
            gradient = clipped_gradient(frozen, inputs.k[b, t], inputs.v[b, t], clip)
            eta, keep, theta = inputs.log_eta[b, t].exp(), inputs.log_keep[b, t].exp(), inputs.theta[b, t]
            momentum = tuple(eta * s - theta * g for s, g in zip(momentum, gradient, strict=True))
            weights = tuple(keep * w + s for w, s in zip(weights, momentum, strict=True))
            reads[b, t] = apply_memory(weights, inputs.q[b, t])
    return reads
