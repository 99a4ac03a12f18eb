"""A model as one graph from tokens to logits, for exporters that trace: no state, no branch on data.

Pondering runs all its steps under masks, which is what it computes anyway; a memory's loop over chunks has a
length that a graph cannot have, so a model with memory has to be given without it.
"""

from typing import cast

import torch
from torch import Tensor, nn

from agent_forge.models.act import AdaptiveComputation
from agent_forge.models.attention import positions
from agent_forge.models.titan import TinyTitan


class FixedPondering(nn.Module):
    """Adaptive computation that always takes `n_max` masked steps; same sum as the loop that stops early."""

    def __init__(self, act: AdaptiveComputation) -> None:
        super().__init__()
        self.act = act

    def forward(self, x_BTD: Tensor, refine: nn.Module, compact: bool) -> "FixedPondered":
        """As `AdaptiveComputation.forward`; `compact` is not used, every token takes every step."""
        config = self.act.config
        left_BT = torch.ones_like(x_BTD[..., 0], dtype=torch.float32)
        running_BT = torch.ones_like(left_BT)
        state_BTD, mixed_BTD = x_BTD, torch.zeros_like(x_BTD)
        for step in range(config.n_max):
            state_BTD = refine(state_BTD + self.act.step_embedding[step], None)
            h_BT = torch.sigmoid(self.act.halt(state_BTD.float()).squeeze(-1))
            reached_BT = ((1.0 - left_BT) + h_BT >= 1.0 - config.eps).float()
            halts_BT = running_BT if step == config.n_max - 1 else running_BT * reached_BT
            weight_BT = halts_BT * left_BT + (running_BT - halts_BT) * h_BT
            mixed_BTD = mixed_BTD + weight_BT[..., None] * state_BTD
            left_BT = left_BT - (running_BT - halts_BT) * h_BT
            running_BT = running_BT - halts_BT
        return FixedPondered(mixed_BTD)


class FixedPondered:
    """What the layers read of a pondering's outcome; steps and cost have no place in a graph of logits."""

    def __init__(self, state_BTD: Tensor) -> None:
        self.state_BTD = state_BTD
        self.cost_BT = self.steps_BT = state_BTD[..., 0]


class TokenModel(nn.Module):
    """Logits (B, T, V) of tokens (B, T) for any B and T."""

    def __init__(self, titan: TinyTitan) -> None:
        """Takes the model over: its pondering is replaced.

        Raises:
            ValueError: it has a memory, or rounds its activations.
        """
        super().__init__()
        if titan.ltm is not None:
            raise ValueError("the model has a memory; expected one without, a graph cannot loop over chunks")
        if titan.config.quant.enabled:
            # A runtime that adds in another order turns ties of the rounding: a level apart, not a last bit.
            raise ValueError("the model rounds its activations; expected its weights in floating point")
        if titan.act is not None:
            titan.act = cast(AdaptiveComputation, FixedPondering(titan.act))
        self.titan = titan

    def forward(self, tokens_BT: Tensor) -> Tensor:
        """One pass."""
        titan, arch = self.titan, self.titan.config.arch
        x_BTD = titan.embed(tokens_BT)
        where = positions(arch, 0, tokens_BT.shape[1], 0, tokens_BT.device)
        empty = x_BTD.new_zeros(1, arch.num_heads, 0, arch.head_dim)
        cache = ((empty, empty),) * arch.num_layers
        done = titan.layers(x_BTD, cache, where, lambda x: x, compact=False)
        return titan.logits(done.hidden_BTD)
