"""What quantisation meets in a model: outliers of activations, their error, zeros and dead rows of weights.

Bounds are those of phases.json. Legend: N tokens, I inputs of a projection.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from agent_forge.models.ternary import quantise_activations, ternarise, ternary_projections
from agent_forge.models.titan import TinyTitan


@dataclass(frozen=True)
class Layer:
    """One projection.

    Args:
        outlier_ratio: largest max|x| / rms(x) of a token.
        sqnr_db: power of the activations over that of their int8 error, in decibels.
        zero_share: share of the codes that are 0.
        dead_rows: rows whose codes are all 0.
        scale: gamma of the matrix.
    """

    name: str
    outlier_ratio: float
    sqnr_db: float
    zero_share: float
    dead_rows: int
    scale: float


class _Inputs:
    """Sums over all tokens that reach a projection."""

    def __init__(self) -> None:
        self.outlier, self.power, self.error = 0.0, 0.0, 0.0

    def __call__(self, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        x_NI = inputs[0].detach().flatten(0, -2)
        values, scale = quantise_activations(x_NI)
        rms = x_NI.square().mean(-1).sqrt().clamp_min(1e-12)
        self.outlier = max(self.outlier, float((x_NI.abs().amax(-1) / rms).max()))
        self.power += float(x_NI.double().square().sum())
        self.error += float((x_NI - values / scale).double().square().sum())


@torch.no_grad()
def calibrate(model: TinyTitan, tokens_BT: Tensor, batch_size: int) -> list[Layer]:
    """Run text through the model and look at every ternary projection.

    Args:
        tokens_BT: rows of token ids.
    """
    projections = dict(ternary_projections(model))
    seen = {name: _Inputs() for name in projections}
    hooks = [each.register_forward_pre_hook(seen[name]) for name, each in projections.items()]
    try:
        for rows_BT in tokens_BT.split(batch_size):
            model(rows_BT.to(model.device))
    finally:
        for hook in hooks:
            hook.remove()
    layers = []
    for name, each in projections.items():
        codes_OI, scale = ternarise(each.weight)
        found = seen[name]
        decibels = 10 * math.log10(max(found.power, 1e-30) / max(found.error, 1e-30))
        layers.append(Layer(
            name, found.outlier, decibels, float((codes_OI == 0).double().mean()),
            int((codes_OI == 0).all(dim=1).sum()), float(scale),
        ))  # fmt: skip
    return layers


def worst_of(layers: Sequence[Layer]) -> dict[str, tuple[float, str]]:
    """The value that a bound is about, of all layers, with its unit."""
    return {
        "outlier_ratio": (max(layer.outlier_ratio for layer in layers), "max/rms"),
        "least_sqnr": (min(layer.sqnr_db for layer in layers), "dB"),
        "least_zero_share": (min(layer.zero_share for layer in layers), "share of codes"),
        "most_zero_share": (max(layer.zero_share for layer in layers), "share of codes"),
        "dead_rows": (float(sum(layer.dead_rows for layer in layers)), "rows"),
    }


def table_of(layers: Sequence[Layer]) -> list[dict[str, object]]:
    """For the published report."""
    return [asdict(layer) for layer in layers]
