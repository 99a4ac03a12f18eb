"""SeedLM (Shafipour et al. 2024, arXiv 2410.10714): a block of weights as a seed and a few coefficients.

A block w of C weights is U(s) t: s seeds a generator that draws U, t are P whole numbers of 4 bits times a
power of two. Bits a weight: (K + 4 + 4 P) / C. Data-free.

The search is exact up to the last step: with an orthonormal basis B of span U(s) the error before rounding is
|w|^2 - |B' w|^2, which ranks all seeds; the best few are rounded and compared.

Legend: N blocks, C weights of a block, P coefficients, S seeds.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import prod

import torch
from torch import Tensor

from agent_forge.codecs.bits import pack_bits, packed_size, unpack_bits
from agent_forge.codecs.codec import Encoded, Family, Params, Streams, Target, finite_weights, only, whole
from agent_forge.codecs.lfsr import GENERATOR, TAPS, bases

FINALISTS = 8
COEFFICIENT_BITS, LEAST, MOST = 4, -8, 7
EXPONENT_BITS, EXPONENTS = 4, 16
BIAS = range(-160, 130)  # of an fp32's exponent
CELLS = 1 << 22  # of one table of block energies


class SeedLM:
    """`seed_bits` K, `block` C, `rank` P."""

    name = "seedlm"
    version = 1

    def encode(self, targets: Sequence[Target], settings: Params) -> Family:
        """Settings: `seed_bits`, `block` and `rank`."""
        width, block, rank = _settings(settings)
        return Family([_encoded(target.weight, width, block, rank) for target in targets])

    def sizes(self, shape: Sequence[int], params: Params) -> tuple[dict[str, int], dict[str, int]]:
        """A seed, an exponent and the coefficients of every block."""
        only(params, "seed_bits", "block", "rank", "bias", "generator")
        width, block, rank = _settings(params)
        whole(params, "bias", BIAS)
        whole(params, "generator", (GENERATOR,))
        blocks = -(-prod(shape) // block)
        return {
            "seeds": packed_size(blocks, width), "exponents": packed_size(blocks, EXPONENT_BITS),
            "coefficients": packed_size(blocks * rank, COEFFICIENT_BITS),
        }, {}  # fmt: skip

    def decode(self, shape: Sequence[int], params: Params, streams: Streams) -> Tensor:
        """Sum of P products in fp64, one after the other, times a power of two, rounded once."""
        width, block, rank = _settings(params)
        count = prod(shape)
        blocks = -(-count // block)
        seeds_N = unpack_bits(streams["seeds"], blocks, width)
        if bool((seeds_N == 0).any()):
            raise ValueError("a seed is 0, which generates nothing")
        exponents_N = unpack_bits(streams["exponents"], blocks, EXPONENT_BITS) + params["bias"]
        codes_NP = unpack_bits(streams["coefficients"], blocks * rank, COEFFICIENT_BITS).reshape(blocks, rank)
        coefficients_NP = torch.where(codes_NP > MOST, codes_NP - 16, codes_NP).double()
        weights_NC = _product(bases(seeds_N, width, block, rank), coefficients_NP, exponents_N)
        return weights_NC.float().reshape(-1)[:count].reshape(tuple(shape))


def _settings(settings: Params) -> tuple[int, int, int]:
    width = whole(settings, "seed_bits", list(TAPS))
    block = whole(settings, "block", range(1, 65))
    return width, block, whole(settings, "rank", range(1, block + 1))


def _product(bases_NCP: Tensor, coefficients_NP: Tensor, exponents_N: Tensor) -> Tensor:
    total_NC = bases_NCP[..., 0] * coefficients_NP[:, None, 0]
    for place in range(1, bases_NCP.shape[2]):
        total_NC = total_NC + bases_NCP[..., place] * coefficients_NP[:, None, place]
    return torch.ldexp(total_NC, exponents_N[:, None])


def _encoded(weight: Tensor, width: int, block: int, rank: int) -> Encoded:
    finite_weights(weight)
    flat = weight.reshape(-1).double()
    blocks_NC = torch.nn.functional.pad(flat, (0, -len(flat) % block)).reshape(-1, block)
    seeds_NF = _finalists(blocks_NC, width, rank)
    coefficients_NFP = _solved(blocks_NC, seeds_NF, width, rank)
    exact_NF = _exponents(coefficients_NFP)
    bias = max(BIAS.start, int(exact_NF.max()) - EXPONENTS + 1)
    seeds_N, exponents_N, rounded_NP = _best(blocks_NC, seeds_NF, coefficients_NFP, exact_NF, bias, width)
    params = {"seed_bits": width, "block": block, "rank": rank, "bias": bias, "generator": GENERATOR}
    return Encoded(params, {
        "seeds": pack_bits(seeds_N, width), "exponents": pack_bits(exponents_N - bias, EXPONENT_BITS),
        "coefficients": pack_bits(rounded_NP.long() % 16, COEFFICIENT_BITS),
    })  # fmt: skip


@lru_cache(maxsize=2)
def _orthonormal(width: int, block: int, rank: int) -> Tensor:
    """Orthonormal bases of all seeds, fp32 (P, C, S)."""
    seeds_S = torch.arange(1, 1 << width)
    return torch.linalg.qr(bases(seeds_S, width, block, rank))[0].float().permute(2, 1, 0).contiguous()


def _finalists(blocks_NC: Tensor, width: int, rank: int) -> Tensor:
    """Seeds that come nearest before rounding, in rising order, (N, F)."""
    every_PCS = _orthonormal(width, blocks_NC.shape[1], rank)
    chosen = []
    for part_nC in blocks_NC.float().split(max(1, CELLS // every_PCS.shape[2])):
        # Scaled to length 1: the squares of tiny weights would vanish in fp32.
        unit_nC = part_nC / part_nC.norm(dim=1, keepdim=True).clamp_min(1e-30)
        energy_nS = (unit_nC @ every_PCS[0]).square_()
        for basis_CS in every_PCS[1:]:
            energy_nS.add_((unit_nC @ basis_CS).square_())
        chosen.append(energy_nS.topk(FINALISTS, dim=1).indices.sort(dim=1).values + 1)
    return torch.cat(chosen)


def _solved(blocks_NC: Tensor, seeds_NF: Tensor, width: int, rank: int) -> Tensor:
    """Least-squares coefficients, (N, F, P)."""
    block = blocks_NC.shape[1]
    found = []
    for part_nC, seeds_nF in zip(blocks_NC.split(4096), seeds_NF.split(4096), strict=True):
        drawn = bases(seeds_nF.reshape(-1), width, block, rank)
        inverse = torch.linalg.pinv(drawn).reshape(*seeds_nF.shape, rank, block)
        found.append((inverse @ part_nC[:, None, :, None]).squeeze(-1))
    return torch.cat(found)


def _exponents(coefficients_NFP: Tensor) -> Tensor:
    """The least power of two that brings the largest coefficient to at most 7, (N, F)."""
    largest_NF = coefficients_NFP.abs().amax(-1)
    return torch.where(largest_NF > 0, (largest_NF / MOST).log2().ceil(), float(BIAS.start)).long()


def _best(
    blocks_NC: Tensor, seeds_NF: Tensor, coefficients_NFP: Tensor, exact_NF: Tensor, bias: int, width: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The best of all finalists and both exponents: its seed, exponent and rounded coefficients."""
    rank, block = coefficients_NFP.shape[2], blocks_NC.shape[1]
    kept: list[tuple[Tensor, Tensor, Tensor]] = []
    whole_tables = (blocks_NC, seeds_NF, coefficients_NFP, exact_NF)
    for part_nC, seeds_nF, coefficients_nFP, exact_nF in zip(
        *(each.split(4096) for each in whole_tables), strict=True
    ):
        exponents_nE = torch.cat([exact_nF, exact_nF - 1], 1).clamp(bias, bias + EXPONENTS - 1)
        seeds_nE, twice_nEP = seeds_nF.repeat(1, 2), coefficients_nFP.repeat(1, 2, 1)
        rounded_nEP = torch.ldexp(twice_nEP, -exponents_nE[..., None]).round().clamp_(LEAST, MOST)
        drawn = bases(seeds_nE.reshape(-1), width, block, rank)
        made = _product(drawn, rounded_nEP.reshape(-1, rank), exponents_nE.reshape(-1))
        error_nE = (made.reshape(*seeds_nE.shape, block) - part_nC[:, None]).square().sum(-1)
        first_n1 = error_nE.argmin(1, keepdim=True)
        kept.append((
            seeds_nE.gather(1, first_n1)[:, 0], exponents_nE.gather(1, first_n1)[:, 0],
            rounded_nEP.gather(1, first_n1[..., None].expand(-1, -1, rank))[:, 0],
        ))  # fmt: skip
    seeds, exponents, rounded = (torch.cat(each) for each in zip(*kept, strict=True))
    return seeds, exponents, rounded
