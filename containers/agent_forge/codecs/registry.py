"""Which codecs there are, and the candidates that are made of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent_forge.codecs.codec import Codec, Params
from agent_forge.codecs.hyper import HyperCompression
from agent_forge.codecs.raw import Raw
from agent_forge.codecs.rtn import RoundToNearest
from agent_forge.codecs.seedlm import SeedLM
from agent_forge.codecs.ternary import Ternary
from agent_forge.codecs.vptq import VectorQuantisation

CODECS: Mapping[str, Codec] = {
    codec.name: codec
    for codec in (Raw(), Ternary(), RoundToNearest(), VectorQuantisation(), SeedLM(), HyperCompression())
}


@dataclass(frozen=True)
class Candidate:
    """A codec with settings.

    `cost` is its work on a weight against that of rounding, roughly: for dividing work, for nothing else.
    """

    codec: str
    settings: Params
    cost: float = 1.0


def _vptq(length: int, bits: int, residual: int = 0) -> Candidate:
    return Candidate(
        "vptq", {"length": length, "index_bits": bits, "residual_bits": residual}, 4.0 * 2**bits / 16 / length
    )  # fmt: skip


def _seedlm(width: int, block: int, rank: int) -> Candidate:
    settings = {"seed_bits": width, "block": block, "rank": rank}
    return Candidate("seedlm", settings, rank * 2.0**width / 64)


def _hyper(points: int, classes: int, orbit: str = "paper") -> Candidate:
    return Candidate("hyper", {"points": points, "classes": classes, "orbit": orbit}, points / 16)


# By name; contracts/source/phases/compression.ts lists the names.
CANDIDATES: Mapping[str, Candidate] = {
    "raw32": Candidate("raw", {"bits": 32}),
    "raw16": Candidate("raw", {"bits": 16}),
    "ternary": Candidate("ternary", {}),
    **{
        f"rtn{bits}-g{group}": Candidate("rtn", {"bits": bits, "group": group})
        for bits in (8, 4, 3, 2)
        for group in (64, 32)
    },
    "vptq-v2k16": _vptq(2, 4),
    "vptq-v2k64": _vptq(2, 6),
    "vptq-v2k256": _vptq(2, 8),
    "vptq-v4k256": _vptq(4, 8),
    "vptq-v4k256r16": _vptq(4, 8, 4),
    **{
        f"seedlm-k{width}c{block}p{rank}": _seedlm(width, block, rank)
        for width in (10, 12, 16)
        for block, rank in ((8, 3), (8, 4), (12, 4))
    },
    "hyper-u64": _hyper(64, 4),
    "hyper-u256": _hyper(256, 4),
    "hyper-u1024": _hyper(1024, 4),
    "hyper-golden-u256": _hyper(256, 4, "golden"),
}
