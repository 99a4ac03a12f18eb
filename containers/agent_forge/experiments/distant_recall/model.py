"""Models of E2: two blocks around the memory, the same with a part of it taken out, three blocks without it.

Legend: B batch, T tokens, D width.
"""

from dataclasses import replace

import torch
from torch import Tensor

from agent_forge.experiments.experiment import Settings
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig
from agent_forge.models.memory import SUB_UNIT, Inputs, LongTermMemory
from agent_forge.models.titan import ALPHA_BIAS, ETA_BIAS, TinyTitan

ROWS, WINDOW = 64, 6  # rows: 41 tokens rounded up to what an embedding takes


class AblatedMemory(LongTermMemory):
    """The memory without forgetting (alpha = 0) or without momentum (eta = 0)."""

    without = ""

    def inputs(self, x_BTD: Tensor, tail: Tensor) -> tuple[Inputs, Tensor]:
        inputs, tail = super().inputs(x_BTD, tail)
        if self.without == "forgetting":
            return replace(inputs, log_keep=torch.zeros_like(inputs.log_keep)), tail
        return replace(inputs, log_eta=torch.full_like(inputs.log_eta, SUB_UNIT)), tail


class PlainStart(TinyTitan):
    """Without the memory's first weights as a lookup: only gates and convolution start where they work."""

    def _initialise_memory(self, ltm: LongTermMemory) -> None:
        ltm.conv[-1].add_(1.0)
        ltm.gates.weight.mul_(0.1)
        ltm.gates.bias.copy_(torch.tensor([ALPHA_BIAS, ETA_BIAS, 0.0]))
        for weight in ltm.initial:
            weight.mul_(0.1)


def build(settings: Settings, seed: int) -> TinyTitan:
    """Two blocks around the memory, or three without it."""
    has_memory = bool(settings["memory"])
    config = ModelConfig(
        arch=ArchConfig(
            d_model=32,
            num_layers=2 if has_memory else 3,
            num_heads=4,
            d_ff=96,
            vocab_size=ROWS,
            window=WINDOW,
        ),
        act=ActConfig(enabled=False),
        ltm=LtmConfig(enabled=has_memory, dim=32, depth=int(settings.get("depth", 1)), chunk=8, conv=4),
    )
    model = PlainStart(config) if settings.get("plain_start") else TinyTitan(config)
    if settings.get("without"):
        memory = AblatedMemory(config.ltm, config.arch.d_model, config.arch.norm_eps)
        memory.without = str(settings["without"])
        model.ltm = memory
    return model.initialise(seed)
