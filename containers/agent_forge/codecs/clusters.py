"""k-means with a weight per coordinate, the same result every time: one seed, one order, no race.

Legend: N vectors, V coordinates, K centroids.
"""

import torch
from torch import Tensor

ROUNDS, MOST_VECTORS, ROWS = 12, 1 << 16, 1 << 14
SMALLEST = 1e-30


def nearest(vectors_NV: Tensor, weights_NV: Tensor, centroids_KV: Tensor) -> Tensor:
    """Index of the centroid with the least weighted squared distance, the first of equals, (N,)."""
    squares_VK, twice_VK = centroids_KV.square().T.contiguous(), 2 * centroids_KV.T
    return torch.cat([
        (weights_nV @ squares_VK - (weights_nV * part_nV) @ twice_VK).argmin(1)
        for part_nV, weights_nV in zip(vectors_NV.split(ROWS), weights_NV.split(ROWS), strict=True)
    ])  # fmt: skip


def cluster(vectors_NV: Tensor, weights_NV: Tensor, count: int, seed: int) -> Tensor:
    """Centroids that minimise the weighted squared distance, as fp16 holds them, fp64 (K, V).

    Args:
        vectors_NV: fp64; a sample of them is used where there are many.
        weights_NV: at least 0.
        count: K; centroids that no vector needs repeat one that is there.
        seed: of the first centroids and of the sample.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(vectors_NV), generator=generator)[:MOST_VECTORS]
    vectors_NV, weights_NV = vectors_NV[order], weights_NV[order].clamp_min(SMALLEST)
    centroids_KV = vectors_NV[torch.arange(count) % len(vectors_NV)].clone()
    for _ in range(ROUNDS):
        place_N = nearest(vectors_NV, weights_NV, centroids_KV)
        mass_KV = torch.zeros_like(centroids_KV).index_add_(0, place_N, weights_NV)
        sums_KV = torch.zeros_like(centroids_KV).index_add_(0, place_N, weights_NV * vectors_NV)
        centroids_KV = torch.where(mass_KV > 0, sums_KV / mass_KV.clamp_min(SMALLEST), centroids_KV)
        empty = (mass_KV[:, 0] == 0).nonzero()[:, 0][: len(vectors_NV)]
        if len(empty):
            # An empty centroid goes where the error is largest.
            error_N = (weights_NV * (vectors_NV - centroids_KV[place_N]).square()).sum(1)
            centroids_KV[empty] = vectors_NV[error_N.topk(len(empty)).indices]
    return centroids_KV.half().double()
