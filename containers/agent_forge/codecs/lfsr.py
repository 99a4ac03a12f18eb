"""The generator behind SeedLM: a maximal-length linear feedback shift register. Part of the file format.

Right-shift Fibonacci: of the polynomial's exponent t the bit K - t is read, the sum of those bits enters at
bit K - 1. A basis begins with the state after its seed; further states follow row by row. State 0 is a fixed
point and never a seed.
"""

from functools import lru_cache

import torch
from torch import Tensor

GENERATOR = 1  # counts changes of anything that is said above
TAPS = {8: (8, 6, 5, 4), 10: (10, 7), 12: (12, 11, 10, 4), 14: (14, 13, 12, 2), 16: (16, 15, 13, 4)}


def following(state: int, width: int) -> int:
    """The state after `state`, both in 1 .. 2^width - 1."""
    entering = 0
    for tap in TAPS[width]:
        entering ^= state >> (width - tap) & 1
    return state >> 1 | entering << (width - 1)


@lru_cache(maxsize=len(TAPS))
def orbit(width: int) -> tuple[Tensor, Tensor]:
    """All states in their order from state 1 on, (2^width - 1,), and the place of every state, (2^width,).

    Raises:
        AssertionError: the taps do not reach every state.
    """
    period = (1 << width) - 1
    states, state = [], 1
    for _ in range(period):
        states.append(state)
        state = following(state, width)
    assert len(set(states)) == period, f"taps {TAPS[width]} are not of maximal length"
    ordered = torch.tensor(states)
    places = torch.zeros(1 << width, dtype=torch.long)
    places[ordered] = torch.arange(period)
    return ordered, places


def bases(seeds_N: Tensor, width: int, block: int, rank: int) -> Tensor:
    """U(s) of every seed, fp64 (N, block, rank) in [-1, 1].

    Args:
        seeds_N: in 1 .. 2^width - 1.
    """
    states, places = orbit(width)
    steps = torch.arange(1, block * rank + 1)
    drawn = states[(places[seeds_N][:, None] + steps) % len(states)]
    half = 1 << (width - 1)
    return ((drawn - half).double() / (half - 1)).reshape(-1, block, rank)
