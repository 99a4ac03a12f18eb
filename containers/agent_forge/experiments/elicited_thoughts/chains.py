"""Task and model of E4: pointer chains of three hops, written out or not, and two blocks that learn both.

A document holds the edges of a permutation in random order, a start x, and then either the chain written out,
`x : s1 s2 s3 ; = y`, or the answer alone, `x = y`. Two blocks follow one hop after another where they may
write each down, and cannot follow three in one go.

Legend: B rows, T tokens.
"""

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig, ThoughtConfig
from agent_forge.models.thinking import Trace, with_thoughts
from agent_forge.models.titan import TinyTitan

OPEN, EQUALS, CLOSE, START, END = 1, 2, 5, 3, 4
SYMBOLS, HOPS = 6, 3
SYMBOL_0, EDGE_0 = 8, 8 + SYMBOLS
ROWS, WIDTH = 64, 64
PLACE = SYMBOLS  # of x, behind the edges
NOISE = 0.7  # on the marks' first vectors, as a share of the vectors' own size
FIRST_WEIGHT = 0.5  # of thoughts: at 0 noisy marks are never found out to be useful
THOUGHT = ThoughtConfig(
    enabled=True, start_id=START, end_id=END, n_thought=HOPS, n_true=2, mix="log-probs"
)  # fmt: skip


def draw(generator: torch.Generator, batch: int, written_out: bool) -> Tensor:
    """Documents (B, T); the last token is the answer."""
    following = torch.rand(batch, SYMBOLS, generator=generator).argsort(dim=1)
    edges = EDGE_0 + SYMBOLS * torch.arange(SYMBOLS) + following
    edges = edges.gather(1, torch.rand(edges.shape, generator=generator).argsort(dim=1))
    here = torch.randint(SYMBOLS, (batch, 1), generator=generator)
    start, steps = SYMBOL_0 + here, []
    for _ in range(HOPS):
        here = following.gather(1, here)
        steps.append(SYMBOL_0 + here)
    opened, closed, equals = (torch.full((batch, 1), token) for token in (OPEN, CLOSE, EQUALS))
    chain = [opened, *steps, closed] if written_out else []
    return torch.cat([edges, start, *chain, equals, steps[-1]], dim=1)


@lru_cache(maxsize=4)
def pretrained(seed: int, steps: int, batch: int, learning_rate: float) -> TinyTitan:
    """The model that has read both kinds of documents; loss on everything behind x. Not to be changed."""
    arch = ArchConfig(d_model=WIDTH, num_layers=2, num_heads=4, d_ff=4 * WIDTH, vocab_size=ROWS, window=64)
    config = ModelConfig(arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False))
    model = TinyTitan(config).initialise(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, weight_decay=0.01, fused=True)
    data = torch.Generator().manual_seed(seed)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * min(1.0, (step + 1) / 50, (steps - step) / (0.3 * steps))
        loss = sum(
            (continuation_loss(model, draw(data, batch, kind)) for kind in (True, False)), torch.zeros(())
        )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()


def continuation_loss(model: TinyTitan, tokens_BT: Tensor) -> Tensor:
    """Mean next-token loss in nats of what follows x."""
    logits = model(tokens_BT[:, :-1]).logits_BTV[:, PLACE:]
    return F.cross_entropy(logits.flatten(0, 1), tokens_BT[:, PLACE + 1 :].flatten())


def thinker(model: TinyTitan, seed: int) -> TinyTitan:
    """A copy with thoughts whose marks start near the vectors of ':' and ';' in the model's own format."""
    marks = model.embedding.weight.detach()[[OPEN, CLOSE]] * model.config.arch.embed_scale
    noise = torch.randn(2, WIDTH, generator=torch.Generator().manual_seed(seed))
    size = marks.square().mean(dim=1, keepdim=True).sqrt()
    return with_thoughts(model, THOUGHT, marks + NOISE * size * noise, seed, FIRST_WEIGHT)


def behind_x(model: TinyTitan, trace: Trace) -> tuple[Tensor, Tensor]:
    """The one place of each row where E4 thinks."""
    places_BP = torch.full((len(trace.logits_BTV), 1), PLACE)
    return places_BP, torch.ones_like(places_BP, dtype=torch.bool)


def random_thoughts(model: TinyTitan, trace: Trace, places_BM: Tensor, generator: torch.Generator) -> Tensor:
    """Symbols drawn evenly: as long as a thought and without content, (B, M, t)."""
    return SYMBOL_0 + torch.randint(SYMBOLS, (*places_BM.shape, HOPS), generator=generator)
