"""Low-rank changes of a model's projections: LoRA, Hu et al. 2021 (arXiv 2106.09685), section 4.1.

The change is added to the weight itself and not, as elsewhere, to the projection's output: a ternary
projection then quantises W + BA, so that training sees what the merged model computes, bit by bit. An adapter
beside a quantiser would be merged into another function than the one that was trained and measured.

Legend: O outputs, I inputs of a projection, R rank.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

ADAPTED = ("blocks.", "ltm.")  # halting, thoughts, gains and embeddings stay as they are


class LowRank(nn.Module):
    """W + (alpha / R) B A while it is on, W itself while it is off.

    B begins at zero, so that a new adapter changes nothing.
    """

    def __init__(self, weight_OI: Tensor, rank: int, alpha: float, generator: torch.Generator) -> None:
        super().__init__()
        outputs, inputs = weight_OI.shape
        drawn = torch.empty(rank, inputs).normal_(0.0, inputs**-0.5, generator=generator)
        self.down_RI = nn.Parameter(drawn.to(weight_OI.device))
        self.up_OR = nn.Parameter(torch.zeros(outputs, rank, device=weight_OI.device))
        self.scale = alpha / rank
        self.on = True

    def forward(self, weight_OI: Tensor) -> Tensor:
        """The weight that the projection computes with."""
        return weight_OI + self.change() if self.on else weight_OI

    def change(self) -> Tensor:
        """(O, I)."""
        return (self.scale * self.up_OR) @ self.down_RI


def add_adapters(model: nn.Module, rank: int, alpha: float, seed: int) -> None:
    """Give every projection of blocks and memory an adapter, and train nothing else, in place.

    Args:
        rank: lowered where a projection has fewer inputs or outputs.
        alpha: the change is scaled by alpha / rank.
    """
    model.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.startswith(ADAPTED):
            own = min(rank, *module.weight.shape)
            adapter = LowRank(module.weight, own, alpha * own / rank, generator)
            parametrize.register_parametrization(module, "weight", adapter)


def adapters_of(model: nn.Module) -> Iterator[tuple[str, LowRank]]:
    """Every adapter with the name of the weight that it changes, in the order of the parameters."""
    for name, module in model.named_modules():
        if isinstance(module, LowRank):
            yield name.removesuffix(".parametrizations.weight.0") + ".weight", module


@contextmanager
def adapters_off(model: nn.Module) -> Iterator[None]:
    """The model as it was before the adapters, for as long as the block lasts."""
    adapters = [adapter for _, adapter in adapters_of(model)]
    for adapter in adapters:
        adapter.on = False
    try:
        yield
    finally:
        for adapter in adapters:
            adapter.on = True
