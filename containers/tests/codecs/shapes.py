"""Tensors that codecs meet: ordinary ones, and those at the edges."""

import torch
from torch import Tensor

from agent_forge.codecs.codec import Encoded, Family, Target
from agent_forge.codecs.registry import CANDIDATES, CODECS

# Everything but the dearest search, which one test of its own looks at.
QUICK = [name for name in CANDIDATES if name != "ternary" and not name.startswith("seedlm-k1")]
QUICK += ["seedlm-k10c8p3", "seedlm-k10c12p4", "seedlm-k12c8p4"]


def drawn(*shape: int, seed: int = 0) -> Tensor:
    """Normal weights of a usual size."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 0.05


def curvature(width: int, seed: int = 0) -> Tensor:
    """A second moment of correlated inputs, (I, I)."""
    x = drawn(4 * width, width, seed=seed).double() @ drawn(width, width, seed=seed + 1).double()
    return x.T @ x / len(x)


EDGES = {
    "one element": torch.tensor([[0.3]]),
    "one zero": torch.zeros(1),
    "all zeros": torch.zeros(6, 10),
    "a tail": drawn(7, 13),
    "a vector": drawn(67),
    "a convolution": drawn(6, 1, 4),
    "a constant": torch.full((5, 9), -0.25),
    "tiny": drawn(8, 16) * 1e-6,
    "a row of zeros": torch.cat([drawn(3, 16), torch.zeros(1, 16)]),
    "an outlier": torch.cat([drawn(4, 16), torch.full((1, 16), 40.0)]),
}


def encode(name: str, *weights: Tensor, hessian: Tensor | None = None) -> Family:
    """One candidate on tensors of a type."""
    candidate = CANDIDATES[name]
    return CODECS[candidate.codec].encode([Target(w, hessian) for w in weights], candidate.settings)


def decode(name: str, weight: Tensor, encoded: Encoded, family: Family) -> Tensor:
    """What comes back."""
    codec = CODECS[CANDIDATES[name].codec]
    return codec.decode(tuple(weight.shape), encoded.params, {**encoded.streams, **family.shared})


def round_trip(name: str, weight: Tensor, hessian: Tensor | None = None) -> Tensor:
    """Encoded and decoded."""
    family = encode(name, weight, hessian=hessian)
    return decode(name, weight, family.members[0], family)


def relative_error(found: Tensor, weight: Tensor) -> float:
    """Squared error over squared weights."""
    return float((found - weight).double().square().sum() / weight.double().square().sum())
