"""Rotary, causal, sliding-window attention over keys and values that may start before the queries.

Legend: B batch, T query tokens, S key tokens (cache + T), D d_model, H heads, K head_dim.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from agent_forge.models.config import ArchConfig


class Gain(nn.Module):
    """RMSNorm with a learned gain and no bias.

    Args:
        width: size of the normalised last dimension.
        eps: added to the mean square.
    """

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last dimension to unit root mean square, then scale it."""
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


@dataclass(frozen=True)
class Positions:
    """What attention needs to know about places: rotary tables of the queries and who may see whom.

    A batch dimension in front of all three stands for places that differ from sequence to sequence.
    """

    cos_TK: Tensor
    sin_TK: Tensor
    mask_TS: Tensor  # True where the query may read the key


def positions(
    arch: ArchConfig, start: int, length: int, cached: int, device: torch.device | None = None
) -> Positions:
    """Tables for `length` tokens that begin at absolute position `start`, after `cached` remembered keys.

    Args:
        device: where the queries are; None is the CPU.
    """
    cos_TK, sin_TK = rotary_tables(
        arch, torch.arange(start, start + length, dtype=torch.float32, device=device)
    )
    query_T1 = torch.arange(cached, cached + length, device=device)[:, None]
    key_1S = torch.arange(cached + length, device=device)[None, :]
    mask_TS = (key_1S <= query_T1) & (query_T1 - key_1S < arch.window)
    return Positions(cos_TK, sin_TK, mask_TS)


def rotary_tables(arch: ArchConfig, place: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines and sines (..., K) of float positions of any shape (...)."""
    half = arch.head_dim // 2
    inverse_frequency = arch.rope_theta ** (
        -torch.arange(half, dtype=torch.float32, device=place.device) / half
    )
    angle = place[..., None] * inverse_frequency
    doubled = torch.cat([angle, angle], dim=-1)
    return doubled.cos(), doubled.sin()


def rotate(x_BHTK: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding (arXiv 2104.09864), halves convention. `cos`, `sin` broadcast against x_BHTK."""
    first, second = x_BHTK.chunk(2, dim=-1)
    return x_BHTK * cos + torch.cat([-second, first], dim=-1) * sin


class Attention(nn.Module):
    """Multi-head attention split in two, so that pondering can re-read keys and values projected once."""

    def __init__(self, arch: ArchConfig, subln: bool) -> None:
        super().__init__()
        self.arch = arch
        self.subln = subln
        width = arch.d_model
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(width, width, bias=False)
        self.v = nn.Linear(width, width, bias=False)
        self.o = nn.Linear(width, width, bias=False)
        self.sub_norm = Gain(width, arch.norm_eps)

    def _heads(self, x_BTD: Tensor) -> Tensor:
        return x_BTD.unflatten(-1, (self.arch.num_heads, self.arch.head_dim)).transpose(1, 2)

    def keys_values(self, x_BTD: Tensor, where: Positions) -> tuple[Tensor, Tensor]:
        """Rotated keys and values, each (B, H, T, K), of normalised inputs."""
        cos, sin = (t[:, None] if t.dim() == 3 else t for t in (where.cos_TK, where.sin_TK))
        return rotate(self._heads(self.k(x_BTD)), cos, sin), self._heads(self.v(x_BTD))

    def read(self, x_BTD: Tensor, k_BHSK: Tensor, v_BHSK: Tensor, where: Positions) -> Tensor:
        """Attend from normalised inputs to the given keys; returns (B, T, D).

        `where` may carry a batch dimension in front (rows gathered per sequence).
        """
        batched = where.mask_TS.dim() == 3
        cos, sin, mask = (t[:, None] if batched else t for t in (where.cos_TK, where.sin_TK, where.mask_TS))
        q_BHTK = rotate(self._heads(self.q(x_BTD)), cos, sin)
        mixed_BHTK = F.scaled_dot_product_attention(q_BHTK, k_BHSK, v_BHSK, attn_mask=mask)
        mixed_BTD = mixed_BHTK.transpose(1, 2).flatten(-2)
        out: Tensor = self.o(self.sub_norm(mixed_BTD) if self.subln else mixed_BTD)
        return out
