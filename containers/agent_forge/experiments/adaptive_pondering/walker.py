"""Task and model of E1: walks along a permutation, and one block that is applied again and again.

Legend: B batch, S symbols, D width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from agent_forge.models.act import AdaptiveComputation
from agent_forge.models.attention import Gain, Positions
from agent_forge.models.config import ActConfig, ArchConfig
from agent_forge.models.titan import Block

SYMBOLS, HOPS, WIDTH, HEADS, MOST_STEPS = 8, 4, 48, 4, 6


@dataclass(frozen=True)
class Questions:
    """Permutations (B, S), starts (B,), hops (B,) and answers (B,)."""

    following: Tensor
    start: Tensor
    hops: Tensor
    answer: Tensor


def draw(generator: torch.Generator, hops: Tensor) -> Questions:
    """One random permutation and start per entry of `hops`."""
    following = torch.rand(len(hops), SYMBOLS, generator=generator).argsort(dim=1)
    start = torch.randint(SYMBOLS, (len(hops),), generator=generator)
    here = start
    for hop in range(HOPS):
        there = following.gather(1, here[:, None]).squeeze(1)
        here = torch.where(hops > hop, there, here)
    return Questions(following, start, hops, here)


class Walker(nn.Module):
    """Reads the permutation from a query that is refined step by step.

    Args:
        fixed: steps for everyone, or 0 to let each query halt by itself.
        halt_bias: of the halting unit at the start; low means many steps at first.
    """

    def __init__(self, fixed: int, halt_bias: float) -> None:
        super().__init__()
        self.fixed = fixed
        arch = ArchConfig(
            d_model=WIDTH, num_layers=1, num_heads=HEADS, d_ff=2 * WIDTH, vocab_size=64, window=64
        )
        self.sources, self.targets = nn.Embedding(SYMBOLS, WIDTH), nn.Embedding(SYMBOLS, WIDTH)
        self.starts, self.hops = nn.Embedding(SYMBOLS, WIDTH), nn.Embedding(HOPS + 1, WIDTH)
        self.block = Block(arch, subln=False)
        self.act = AdaptiveComputation(ActConfig(n_max=MOST_STEPS, halt_bias=halt_bias), WIDTH)
        nn.init.normal_(self.act.step_embedding, std=0.02)
        nn.init.constant_(self.act.halt.bias, halt_bias)
        self.norm, self.head = Gain(WIDTH, arch.norm_eps), nn.Linear(WIDTH, SYMBOLS)
        # Tokens carry both ends of an edge, so order says nothing: no rotation, and all may be read.
        flat = torch.ones(1, arch.head_dim)
        self.everywhere = Positions(flat, 0 * flat, torch.ones(1, SYMBOLS, dtype=torch.bool))
        self.own = Positions(flat, 0 * flat, torch.ones(1, 1, dtype=torch.bool))

    def forward(self, asked: Questions) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits (B, S), ponder cost (B,), steps (B,) and the sum of the halting weights (B,)."""
        edges = self.sources.weight + self.targets(asked.following)
        k, v = self.block.keys_values(edges, self.own)
        query = (self.starts(asked.start) + self.hops(asked.hops))[:, None]

        def refine(state: Tensor, _: Tensor | None) -> Tensor:
            refined: Tensor = self.block(state, k, v, self.everywhere)
            return refined

        if self.fixed:
            for step in range(self.fixed):
                query = refine(query + self.act.step_embedding[step], None)
            taken = torch.full((len(query),), float(self.fixed))
            return self.head(self.norm(query[:, 0])), taken, taken, torch.ones(len(query))
        pondered = self.act(query, refine, compact=False)
        logits = self.head(self.norm(pondered.state_BTD[:, 0]))
        return logits, pondered.cost_BT[:, 0], pondered.steps_BT[:, 0], pondered.weights_BTN[:, 0].sum(-1)
