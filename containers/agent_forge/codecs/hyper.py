"""Hyper-Compression (Fan et al. 2024, arXiv 2409.00592): a pair of weights as one number on an orbit.

The points (theta a_1 mod 1, theta a_2 mod 1), theta = 0 .. U - 1, lie densely in the unit square where a_1,
a_2 and 1 are rationally independent; the paper takes a_i = 1 / (pi + i). Pairs are centred and fall into
classes by size: squares with sides from the median to the largest pair, in equal ratios. Stored is
theta + U * class, so that a weight takes ceil(log2(U * classes)) / 2 bits. (The authors' code has rings
around an inner square; the squares here are a simpler rule of the same cost.)

Legend: N pairs, M classes, U points.
"""

import math
from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from agent_forge.codecs.bits import SINGLE, floats_bytes, pack_bits, packed_size, read_floats, unpack_bits
from agent_forge.codecs.codec import Encoded, Family, Params, Streams, Target, finite_weights, only, whole

POINTS, CLASSES = range(2, 1 << 16), range(1, 17)
# In decimals, because they are part of the format: no library computes them again when a file is read.
ORBITS = {
    "paper": ("0.24145300700522387", "0.19449226482417137"),  # 1 / (pi + 1), 1 / (pi + 2)
    "golden": ("0.7548776662466927", "0.5698402909980532"),  # 1 / p, 1 / p^2 with p^3 = p + 1: spread evenly
}
ROWS = 8192


class HyperCompression:
    """`points` U, `classes` M, `orbit` one of ORBITS."""

    name = "hyper"
    version = 1

    def encode(self, targets: Sequence[Target], settings: Params) -> Family:
        """Settings: `points`, `classes` and `orbit`."""
        return Family([_encoded(target.weight, settings) for target in targets])

    def sizes(self, shape: Sequence[int], params: Params) -> tuple[dict[str, int], dict[str, int]]:
        """A number per pair; centre and sides in fp32."""
        only(params, "points", "classes", "steps")
        points, classes, _ = _read(params)
        pairs = -(-prod(shape) // 2)
        return {"pairs": packed_size(pairs, _width(points, classes)), "frame": 4 * (2 + classes)}, {}

    def decode(self, shape: Sequence[int], params: Params, streams: Streams) -> Tensor:
        """Element-wise in fp64, rounded once."""
        points, classes, steps = _read(params)
        count = prod(shape)
        stored_N = unpack_bits(streams["pairs"], -(-count // 2), _width(points, classes))
        if len(stored_N) and int(stored_N.max()) >= points * classes:
            raise ValueError("a pair names a point that is on no orbit")
        frame = read_floats(streams["frame"], SINGLE).double()
        pairs_N2 = _points(stored_N % points, steps) * frame[2:][stored_N // points][:, None] + frame[:2]
        return pairs_N2.float().reshape(-1)[:count].reshape(tuple(shape))


def _read(params: Params) -> tuple[int, int, tuple[float, float]]:
    steps = params.get("steps")
    if steps not in [list(each) for each in ORBITS.values()]:
        raise ValueError(f"steps are {steps!r}; expected those of a known orbit")
    first, second = (float(each) for each in steps)
    return whole(params, "points", POINTS), whole(params, "classes", CLASSES), (first, second)


def _width(points: int, classes: int) -> int:
    return math.ceil(math.log2(points * classes))


def _points(theta_N: Tensor, steps: tuple[float, float]) -> Tensor:
    """Points of the orbit in a square of side 1 around the origin, fp64 (N, 2)."""
    wound_N2 = theta_N.double()[:, None] * torch.tensor(steps, dtype=torch.float64)
    return wound_N2 - wound_N2.floor() - 0.5


def _encoded(weight: Tensor, settings: Params) -> Encoded:
    finite_weights(weight)
    params = {
        "points": settings["points"], "classes": settings["classes"],
        "steps": list(ORBITS[settings["orbit"]]),
    }  # fmt: skip
    points, classes, steps = _read(params)
    flat = weight.reshape(-1).double()
    pairs_N2 = torch.nn.functional.pad(flat, (0, len(flat) % 2)).reshape(-1, 2)
    centre_2 = pairs_N2.mean(0).float()
    pairs_N2 = pairs_N2 - centre_2.double()
    size_N = 2 * pairs_N2.abs().amax(1)
    sides_M = _sides(size_N, classes)
    class_N = (sides_M.double()[None] < size_N[:, None]).sum(1).clamp_max(classes - 1)
    scaled_N2 = pairs_N2 / sides_M.double()[class_N][:, None].clamp_min(1e-300)
    lattice_U2 = _points(torch.arange(points), steps)
    # |x - p|^2 without |x|^2; the first of equals is taken.
    squares_U, twice_2U = lattice_U2.square().sum(1), 2 * lattice_U2.T
    theta_N = torch.cat([(squares_U - part_n2 @ twice_2U).argmin(1) for part_n2 in scaled_N2.split(ROWS)])
    return Encoded(params, {
        "pairs": pack_bits(theta_N + points * class_N, _width(points, classes)),
        "frame": floats_bytes(torch.cat([centre_2, sides_M]), SINGLE),
    })  # fmt: skip


def _sides(size_N: Tensor, classes: int) -> Tensor:
    """Sides from the median to the largest, fp32 and rounded up, (M,)."""
    largest = float(size_N.max())
    least = float(size_N.median()) if classes > 1 else largest
    if least <= 0:
        least = largest / 2 ** (classes - 1)
    ratio = (largest / least) ** (1 / max(1, classes - 1)) if least > 0 else 1.0
    sides_M = torch.tensor([least * ratio**place for place in range(classes)], dtype=torch.float64)
    sides_M[-1] = largest
    return torch.nextafter(sides_M.float(), torch.tensor(float("inf")))
