"""Task and network of E6: a * b mod p as four tokens, and a small decoder that reads the answer off the last.

Legend: N questions, T tokens, P the prime, D width.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

TIMES, EQUALS = 0, 1  # tokens beyond the numbers, counted from P


def questions(prime: int, seed: int) -> tuple[Tensor, Tensor, int]:
    """All questions (N, 4) and answers (N,) in the seed's order; the first so many are for training."""
    a, b = torch.meshgrid(torch.arange(prime), torch.arange(1, prime), indexing="ij")
    a, b = a.flatten(), b.flatten()
    times, equals = (torch.full_like(a, prime + sign) for sign in (TIMES, EQUALS))
    order = torch.randperm(len(a), generator=torch.Generator().manual_seed(seed))
    asked_NT = torch.stack([a, times, b, equals], dim=1)[order]
    return asked_NT, ((a * b) % prime)[order], len(a) // 2


class Layer(nn.Module):
    """Causal attention and a feed-forward, each before a norm."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(2)])
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.ffn = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x_NTD: Tensor) -> Tensor:
        """(N, T, D) to the same."""
        parts = self.qkv(self.norms[0](x_NTD)).unflatten(-1, (3, self.heads, -1)).unbind(2)
        q, k, v = (part.transpose(1, 2) for part in parts)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x_NTD = x_NTD + self.out(mixed)
        done: Tensor = x_NTD + self.ffn(self.norms[1](x_NTD))
        return done


class Decoder(nn.Module):
    """Two layers over four tokens."""

    def __init__(self, prime: int, width: int, heads: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.tokens, self.places = nn.Embedding(prime + 2, width), nn.Embedding(4, width)
        self.layers = nn.Sequential(Layer(width, heads), Layer(width, heads))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, prime, bias=False)

    def forward(self, asked_NT: Tensor) -> Tensor:
        """Logits of the answer, (N, P)."""
        x_NTD = self.layers(self.tokens(asked_NT) + self.places.weight)
        logits: Tensor = self.head(self.norm(x_NTD[:, -1]))
        return logits
