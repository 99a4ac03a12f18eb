"""Structured pruning: whole inner units of every feed-forward go, so that matrices are smaller, not sparser.

A unit's worth is how large its activation is on real text times how much the projection out makes of it.
Legend: N tokens, F inner units, D d_model.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from agent_forge.models.titan import Block, TinyTitan

UNITS = 32  # inner widths are multiples of it, as everywhere


def kept_width(d_ff: int, share: float) -> int:
    """Inner units that stay, a multiple of 32 and at least 32.

    Args:
        share: to take out, 0 to below 1.
    """
    return max(UNITS, int(d_ff * (1.0 - share)) // UNITS * UNITS)


@torch.no_grad()
def unit_worth(model: TinyTitan, tokens_BT: Tensor) -> list[Tensor]:
    """Worth of each inner unit, (F,) per block, on real text."""
    blocks = cast(list[Block], list(model.blocks))
    squares = [torch.zeros(model.config.arch.d_ff, dtype=torch.float64) for _ in blocks]
    hooks = [
        block.ffn.down.register_forward_pre_hook(_adding(total))
        for block, total in zip(blocks, squares, strict=True)
    ]
    try:
        model(tokens_BT)
    finally:
        for hook in hooks:
            hook.remove()
    return [
        total.sqrt() * block.ffn.down.weight.detach().double().norm(dim=0)
        for block, total in zip(blocks, squares, strict=True)
    ]


def _adding(total: Tensor) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    def add(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        total.add_(inputs[0].detach().double().square().flatten(0, -2).sum(dim=0))

    return add


@torch.no_grad()
def pruned(model: TinyTitan, worth: Sequence[Tensor], width: int) -> TinyTitan:
    """A model whose feed-forwards keep their worthiest units, in their order.

    Args:
        worth: (F,) per block.
        width: units to keep.
    """
    tensors = dict(model.state_dict())
    for number, each in enumerate(worth):
        kept = each.topk(width).indices.sort().values
        prefix = f"blocks.{number}.ffn"
        for name in ("gate.weight", "up.weight", "sub_norm.weight"):
            tensors[f"{prefix}.{name}"] = tensors[f"{prefix}.{name}"][kept].clone()
        tensors[f"{prefix}.down.weight"] = tensors[f"{prefix}.down.weight"][:, kept].clone()
    arch = replace(model.config.arch, d_ff=width)
    smaller = TinyTitan(replace(model.config, arch=arch))
    smaller.load_state_dict(tensors)
    return smaller
