"""Weights as they are, in fp32 or fp16."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from agent_forge.codecs.bits import HALF, SINGLE, floats_bytes, read_floats
from agent_forge.codecs.codec import Encoded, Family, Params, Streams, Target, finite_weights, only, whole

KINDS = {16: HALF, 32: SINGLE}


class Raw:
    """`bits` 32 is exact; 16 rounds to the nearest half."""

    name = "raw"
    version = 1

    def encode(self, targets: Sequence[Target], settings: Params) -> Family:
        """Settings: `bits`."""
        kind = KINDS[whole(settings, "bits", list(KINDS))]
        members = []
        for target in targets:
            finite_weights(target.weight)
            if kind == HALF and not bool(torch.isfinite(target.weight.half()).all()):
                raise ValueError("a weight lies beyond 65504, the largest half")
            members.append(
                Encoded({"bits": settings["bits"]}, {"weights": floats_bytes(target.weight, kind)})
            )
        return Family(members)

    def sizes(self, shape: Sequence[int], params: Params) -> tuple[dict[str, int], dict[str, int]]:
        """Two or four bytes a weight."""
        only(params, "bits")
        return {"weights": prod(shape) * whole(params, "bits", list(KINDS)) // 8}, {}

    def decode(self, shape: Sequence[int], params: Params, streams: Streams) -> Tensor:
        """Exactly what was stored."""
        return read_floats(streams["weights"], KINDS[params["bits"]]).reshape(tuple(shape))
