"""How much loss an error in a tensor costs: measured, by disturbing each tensor alone.

d = tr(E H E') / tr(W H W') is the relative error of a tensor's outputs. A random disturbance of known d is
added and subtracted, which cancels what is linear in it; the mean rise of the loss over d is the sensitivity.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from agent_forge.codecs.codec import as_matrix
from agent_forge.compression.curvature import weighted_error
from agent_forge.models.titan import TinyTitan

LEAST = 1e-6  # nats a token: what cannot be told from nothing still counts as something


def relative_error(found: Tensor, weight: Tensor, hessian_II: Tensor | None) -> float:
    """d of a tensor that stands for `weight`."""
    whole = weighted_error(as_matrix(weight), hessian_II)
    return weighted_error(as_matrix(found) - as_matrix(weight), hessian_II) / whole if whole > 0 else 0.0


def sensitivity(
    model: TinyTitan,
    name: str,
    hessian_II: Tensor | None,
    loss: Callable[[], float],
    before: float,
    *,
    size: float,
    seed: int,
) -> float:
    """Nats a token per unit of d; the model is left as it was.

    Args:
        loss: of the model as it stands, in nats a token.
        before: the same, undisturbed.
        size: length of the disturbance over the length of the tensor.
    """
    tensor = model.state_dict()[name]
    kept = tensor.clone()
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(tensor.shape, generator=generator)
    noise *= size * float(kept.norm()) / float(noise.norm())
    found = relative_error(kept.cpu() + noise, kept.cpu(), hessian_II)
    rise = 0.0
    try:
        for sign in (1.0, -1.0):
            with torch.no_grad():
                tensor.copy_(kept + sign * noise.to(kept.device))
            rise += (loss() - before) / 2
    finally:
        with torch.no_grad():
            tensor.copy_(kept)
    return max(rise, LEAST) / max(found, 1e-12)
