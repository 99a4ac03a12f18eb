"""BitNet b1.58 in training: ternary weights and 8-bit activations forward, fp32 masters behind them.

Equations of arXiv 2402.17764, section 2; the sub-layer norms of SubLN stand in front of the quantised
projections already (`attn_norm`, `ffn_norm`, `sub_norm`).

Legend: O outputs, I inputs of a projection; ... any leading dimensions.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from agent_forge.models.config import QuantConfig

SMALLEST = 1e-5  # scales are clamped here, so that an all-zero matrix or token divides by something
LEVELS = 127  # of int8 activations, symmetric


def ternarise(weight_OI: Tensor) -> tuple[Tensor, Tensor]:
    """Absmean quantisation: codes and the one scale of the matrix.

    Args:
        weight_OI: floating point master, any shape.

    Returns:
        int8 codes in {-1, 0, 1} of the same shape, and the scale (a scalar >= 1e-5) that multiplies them.
    """
    scale = weight_OI.abs().mean().clamp_min(SMALLEST)
    return (weight_OI / scale).round().clamp_(-1, 1).to(torch.int8), scale


def quantise_activations(x: Tensor) -> tuple[Tensor, Tensor]:
    """Absmax quantisation per token.

    Args:
        x: (..., I).

    Returns:
        int8 values in [-128, 127] of the same shape, and scales (..., 1): x is about values / scale.
    """
    scale = LEVELS / x.abs().amax(dim=-1, keepdim=True).clamp_min(SMALLEST)
    return (x * scale).round().clamp_(-LEVELS - 1, LEVELS).to(torch.int8), scale


class _TernaryProduct(torch.autograd.Function):
    """The quantised projection with straight-through gradients.

    Forward multiplies whole numbers: |w x| <= 128, so that fp32 sums are exact up to 2^17 inputs, in whatever
    order they are taken. A packed projection, which adds integers, therefore gives the very same bits.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight_OI: Tensor) -> Tensor:
        codes_OI, weight_scale = ternarise(weight_OI)
        values, token_scale = quantise_activations(x)
        ctx.save_for_backward(codes_OI, weight_scale, values, token_scale)
        kind = x.device.type
        ctx.precision = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
        return F.linear(values.float(), codes_OI.float()) * (weight_scale / token_scale)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        codes_OI, weight_scale, values, token_scale = ctx.saved_tensors
        precision = ctx.precision or grads[0].dtype
        grad = grads[0].to(precision)
        weight_OI = (codes_OI * weight_scale).to(precision)
        inputs = (values / token_scale).to(precision)
        return grad @ weight_OI, grad.flatten(0, -2).t() @ inputs.flatten(0, -2)


class TernaryLinear(nn.Linear):
    """A projection that computes with quantised weights and activations and learns its full-precision master.

    `strength` (the lambda of the warm-up) goes from 0, the plain projection, to 1, fully quantised. Gradients
    pass straight through both quantisers (straight-through estimator), so the master moves as if they were
    not there.
    """

    strength: float = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """(..., I) to (..., O)."""
        if self.strength == 0.0:
            return F.linear(x, self.weight)
        if self.strength == 1.0:
            return cast(Tensor, _TernaryProduct.apply(x, self.weight))
        codes_OI, weight_scale = ternarise(self.weight.detach())
        values, token_scale = quantise_activations(x.detach())
        return F.linear(
            self._towards(x, values.to(x.dtype) / token_scale),
            self._towards(self.weight, codes_OI.to(self.weight.dtype) * weight_scale),
        )

    def _towards(self, master: Tensor, quantised: Tensor) -> Tensor:
        return master + self.strength * (quantised - master).detach()


def ternarise_projections(blocks: nn.Module, quant: QuantConfig) -> None:
    """Replace the projections of attention and feed-forward by ternary ones, in place.

    Names, shapes and order of the parameters stay what they were: a full-precision checkpoint loads into the
    ternary model and the other way round. What `quant.kept_fp` matches (shell patterns over names below
    `blocks`, such as `0.*`) is left alone, and so is all outside the blocks: embedding, halting, memory.
    """
    for name, module in list(blocks.named_modules()):
        if type(module) is not nn.Linear or any(fnmatchcase(name, pattern) for pattern in quant.kept_fp):
            continue
        ternary = TernaryLinear(module.in_features, module.out_features, bias=False)
        ternary.weight = module.weight
        parent, _, child = name.rpartition(".")
        setattr(blocks.get_submodule(parent), child, ternary)


def ternary_projections(model: nn.Module) -> Iterator[tuple[str, TernaryLinear]]:
    """Every ternary projection with its name, in the order of the parameters."""
    return ((name, each) for name, each in model.named_modules() if isinstance(each, TernaryLinear))


def set_strength(model: nn.Module, strength: float) -> None:
    """Set the warm-up's lambda everywhere.

    Args:
        strength: 0 (full precision) to 1 (quantised).
    """
    for _, projection in ternary_projections(model):
        projection.strength = strength
