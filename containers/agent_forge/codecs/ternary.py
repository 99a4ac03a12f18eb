"""Weights of {-a, 0, a} as base-3 digits, five a byte, and a: exact, 1.6 bits a weight.

See models/packing.py for the digits. What phase 4 has trained is of this form (arXiv 2402.17764, section 2).
"""

from collections.abc import Sequence
from math import prod

import numpy as np
import torch
from torch import Tensor

from agent_forge.codecs.bits import SINGLE, floats_bytes, read_floats
from agent_forge.codecs.codec import Encoded, Family, Params, Streams, Target, finite_weights, only
from agent_forge.models.packing import BASE3, pack, packed_bytes, unpack


class Ternary:
    """Takes tensors of one magnitude and zeros only: on any other it would be a lossy format."""

    name = "ternary"
    version = 1

    def encode(self, targets: Sequence[Target], settings: Params) -> Family:
        """No settings."""
        only(settings)
        return Family([_encoded(target.weight) for target in targets])

    def sizes(self, shape: Sequence[int], params: Params) -> tuple[dict[str, int], dict[str, int]]:
        """A byte for five weights, and the magnitude."""
        only(params)
        return {"codes": packed_bytes((1, prod(shape)), BASE3), "scale": 4}, {}

    def decode(self, shape: Sequence[int], params: Params, streams: Streams) -> Tensor:
        """Exactly what was stored."""
        packed = torch.from_numpy(np.frombuffer(streams["codes"], np.uint8).copy())
        codes = unpack(packed, (1, prod(shape)), BASE3)
        return (codes.float() * read_floats(streams["scale"], SINGLE)).reshape(tuple(shape))


def _encoded(weight: Tensor) -> Encoded:
    finite_weights(weight)
    scale = weight.abs().max() if weight.numel() else torch.tensor(0.0)
    codes = weight.sign()
    # Minus zero is a zero that would not come back as it was; it is written as zero.
    if not torch.equal(codes * scale, weight):
        raise ValueError("the weights have more than one magnitude; expected {-a, 0, a}")
    packed = pack(codes.to(torch.int8).reshape(1, -1), BASE3)
    return Encoded({}, {"codes": packed.numpy().tobytes(), "scale": floats_bytes(scale, SINGLE)})
