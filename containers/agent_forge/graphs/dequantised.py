"""A model as runtimes without ternary kernels compute it: in floating point, activations not rounded."""

from dataclasses import replace

import torch
from torch import Tensor

from agent_forge.models.config import QuantConfig
from agent_forge.models.ternary import ternarise, ternary_projections
from agent_forge.models.titan import TinyTitan


def plain_weights(model: TinyTitan) -> dict[str, Tensor]:
    """The state dict in fp32 with every ternary master replaced by codes times scale."""
    tensors = {name: tensor.detach().cpu().float() for name, tensor in model.state_dict().items()}
    for name, projection in ternary_projections(model):
        codes_OI, scale = ternarise(projection.weight.detach().cpu())
        tensors[f"{name}.weight"] = codes_OI.float() * scale
    return tensors


@torch.no_grad()
def dequantised(model: TinyTitan) -> TinyTitan:
    """A copy on the CPU without quantisation: what another runtime can agree with to the last digits.

    Rounding activations has ties, and a runtime that adds in another order turns them: a level apart, not a
    last bit. What the rounding did is lost here, and its effect on the loss has to be measured.
    """
    copy = TinyTitan(replace(model.config, quant=QuantConfig(subln=model.config.quant.subln)))
    copy.load_state_dict(plain_weights(model))
    return copy.eval()
