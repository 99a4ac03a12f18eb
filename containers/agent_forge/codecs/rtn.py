"""Rounding to nearest: groups of weights on a uniform grid that contains zero.

weight = (code - zero) * scale, with an fp16 scale and a zero point of `bits` bits per group. The baseline of
every other codec: nothing is searched and nothing is calibrated.

Legend: G groups, g weights of a group.
"""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from agent_forge.codecs.bits import HALF, floats_bytes, pack_bits, packed_size, read_floats, unpack_bits
from agent_forge.codecs.codec import Encoded, Family, Params, Streams, Target, finite_weights, only, whole

WIDTHS, GROUPS = (2, 3, 4, 8), range(1, 1 << 16)
SMALLEST, LARGEST = 2.0**-24, 65504.0  # of positive halves


class RoundToNearest:
    """`bits` a weight, plus (16 + bits) / group."""

    name = "rtn"
    version = 1

    def encode(self, targets: Sequence[Target], settings: Params) -> Family:
        """Settings: `bits`, `group`. Groups run through the tensor in its order; the last may be shorter."""
        bits, group = whole(settings, "bits", WIDTHS), whole(settings, "group", GROUPS)
        return Family([_encoded(target.weight, bits, group) for target in targets])

    def sizes(self, shape: Sequence[int], params: Params) -> tuple[dict[str, int], dict[str, int]]:
        """Codes, a half per group, a zero point per group."""
        only(params, "bits", "group")
        bits, group = whole(params, "bits", WIDTHS), whole(params, "group", GROUPS)
        groups = -(-prod(shape) // group)
        return {
            "codes": packed_size(prod(shape), bits), "scales": 2 * groups, "zeros": packed_size(groups, bits),
        }, {}  # fmt: skip

    def decode(self, shape: Sequence[int], params: Params, streams: Streams) -> Tensor:
        """(code - zero) * scale in fp32: one subtraction of whole numbers and one product."""
        bits, group, count = params["bits"], params["group"], prod(shape)
        groups = -(-count // group)
        codes = unpack_bits(streams["codes"], count, bits)
        place = torch.arange(count) // group
        zeros = unpack_bits(streams["zeros"], groups, bits)[place]
        scales = read_floats(streams["scales"], HALF)[place]
        return ((codes - zeros).float() * scales).reshape(tuple(shape))


def _encoded(weight: Tensor, bits: int, group: int) -> Encoded:
    finite_weights(weight)
    top = (1 << bits) - 1
    flat = weight.reshape(-1).double()
    # What fills the last group up is zero, which every grid contains.
    parts_Gg = torch.nn.functional.pad(flat, (0, -len(flat) % group)).reshape(-1, group)
    low_G, high_G = parts_Gg.amin(1).clamp_max(0), parts_Gg.amax(1).clamp_min(0)
    step_G = (high_G - low_G) / top
    if bool((step_G > LARGEST).any()):
        raise ValueError("a group spans more than 65504 grid steps, the largest half")
    scale_G = torch.where(step_G > 0, step_G.clamp_min(SMALLEST).half().double(), 1.0)
    zero_G = (-low_G / scale_G).round().clamp_(0, top)
    codes_Gg = ((parts_Gg / scale_G[:, None]).round() + zero_G[:, None]).clamp_(0, top)
    codes = codes_Gg.reshape(-1)[: len(flat)].long()
    return Encoded({"bits": bits, "group": group}, {
        "codes": pack_bits(codes, bits), "scales": floats_bytes(scale_G, HALF),
        "zeros": pack_bits(zero_G.long(), bits),
    })  # fmt: skip
