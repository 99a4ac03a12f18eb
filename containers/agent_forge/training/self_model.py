"""Self-modelling: the model predicts its own hidden state from its last one, as an auxiliary task.

Premakumar et al. 2024, arXiv 2407.10188: the task loss plus a weight times the mean squared error of the
predicted activations. Nothing is detached there, so the network may also become easier to predict; with the
target detached it is an ordinary auxiliary task, with the input detached as well a probe that leaves the
network alone.

Legend: B rows, T tokens, D d_model.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from agent_forge.models.titan import TinyTitan

FULL_WIDTH, RANK = 512, 64  # above this width the head is of low rank


class SelfModelHead(nn.Sequential):
    """Linear from the last hidden state to the predicted one; drawn from its own seed."""

    def __init__(self, width: int, seed: int) -> None:
        sizes = [width, width] if width <= FULL_WIDTH else [width, RANK, width]
        layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
        super().__init__(*layers)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for layer in layers:
                layer.weight.copy_(torch.empty(layer.weight.shape).normal_(0, 0.02, generator=generator))
                layer.bias.zero_()


@dataclass(frozen=True, kw_only=True)
class SelfModel:
    """The auxiliary loss. `head` trains along beside the model and is never published.

    Args:
        weight: of the error, from 0; it grows linearly over the first `ramp` steps.
        detach_target, detach_input: which of the two gradients into the network are cut.
    """

    head: SelfModelHead
    weight: float
    ramp: int
    detach_target: bool = False
    detach_input: bool = False

    def weight_at(self, step: int) -> float:
        """Weight of 0-based `step`."""
        return self.weight * min(1.0, (step + 1) / max(1, self.ramp))

    def error(self, last_BTD: Tensor, tapped_BTD: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Mean squared error over the normalised target, and what is logged of it.

        The relative error is 1 for a head that always says the mean; the participation ratio counts the
        directions that the state uses, so that "easier to predict" by collapse shows.
        """
        target_BTD = F.layer_norm(tapped_BTD.float(), tapped_BTD.shape[-1:])
        source_BTD = last_BTD.float()
        wanted_BTD = target_BTD.detach() if self.detach_target else target_BTD
        predicted_BTD = self.head(source_BTD.detach() if self.detach_input else source_BTD)
        error = (predicted_BTD - wanted_BTD).square().mean()
        with torch.no_grad():
            spread = (target_BTD - target_BTD.mean(dim=(0, 1))).square().mean().clamp_min(1e-12)
            measured = {
                "self_model_relative_error": float(error / spread),
                "self_model_participation": participation_ratio(tapped_BTD.flatten(0, 1)),
            }
        return error, measured


def tapped_block(model: TinyTitan) -> nn.Module:
    """The block behind which the state is read: number ceil(L / 2) of L.

    Raises:
        ValueError: a single layer has no state between blocks.
    """
    count = len(model.blocks)
    if count < 2:
        raise ValueError(f"num_layers is {count}; expected at least 2 to predict a state between blocks")
    return model.blocks[math.ceil(count / 2) - 1]


@contextmanager
def tap(model: TinyTitan) -> Iterator[list[Tensor]]:
    """Collect what the tapped block gives while the model runs; persistent tokens stand in front."""
    seen: list[Tensor] = []
    hook = tapped_block(model).register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    try:
        yield seen
    finally:
        hook.remove()


def participation_ratio(states_ND: Tensor) -> float:
    """(sum of eigenvalues of the covariance)^2 over the sum of their squares: 1 to D."""
    centred_ND = states_ND.detach().float() - states_ND.detach().float().mean(dim=0)
    covariance_DD = centred_ND.t() @ centred_ND
    squares = covariance_DD.square().sum().clamp_min(1e-30)
    return float(covariance_DD.trace().square() / squares)
