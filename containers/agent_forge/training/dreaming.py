"""Sampling dreams from a frozen model, and throwing away those that are no good.

Generative replay in the form of LAMOL (Sun, Ho, Lee, ICLR 2020, arXiv 1909.03329): the language model itself
makes pseudo-samples of what it knew.

Legend: N dreams, P tokens of a prompt, T tokens of a dream's inputs, V vocabulary rows.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.tokenizer import PAD_ID
from agent_forge.models.thought import forbid_marks
from agent_forge.models.titan import TinyTitan

AT_ONCE = 64  # dreams that are sampled together
GRAM, MOST_REPETITION = 4, 0.3
BAND = (0.05, 0.95)  # quantiles of the teacher's own loss between which a dream is kept


@torch.no_grad()
def dream(
    teacher: TinyTitan, prompts_NP: Tensor, length: int, temperature: float, top_p: float, seed: int
) -> Tensor:
    """Rows of `length` tokens that begin with the prompts, (N, length), on the CPU.

    Args:
        prompts_NP: real beginnings, on the CPU.
        temperature: above 0.
        top_p: probability mass of the likeliest tokens that are sampled from, in (0, 1].
    """
    generator = torch.Generator().manual_seed(seed)
    parts = [
        _dream(teacher, part.to(teacher.device), length, temperature, top_p, generator)
        for part in prompts_NP.split(AT_ONCE)
    ]
    return torch.cat(parts).cpu()


def _dream(
    teacher: TinyTitan, said_NT: Tensor, length: int, temperature: float, top_p: float, draw: torch.Generator
) -> Tensor:
    output = teacher(said_NT, compact=True)
    while True:
        logits_NV = forbid_marks(output.logits_BTV[:, -1].float(), teacher.config.thought)
        token_N = nucleus_sample(logits_NV / temperature, top_p, draw)
        said_NT = torch.cat([said_NT, token_N[:, None]], dim=1)
        if said_NT.shape[1] >= length:
            return said_NT
        output = teacher.step(output.state, token_N)


def nucleus_sample(logits_NV: Tensor, top_p: float, draw: torch.Generator) -> Tensor:
    """One token each, of the fewest likeliest ones whose probability reaches `top_p`; never padding."""
    logits_NV = logits_NV.clone()
    logits_NV[:, PAD_ID] = float("-inf")
    sorted_NV, order_NV = logits_NV.sort(dim=-1, descending=True)
    share_NV = sorted_NV.softmax(-1)
    before_NV = share_NV.cumsum(-1) - share_NV
    sorted_NV = sorted_NV.masked_fill(before_NV >= top_p, float("-inf"))
    # Noise from the CPU, so that a seed means the same dreams on every device.
    noise_NV = -torch.empty(logits_NV.shape).exponential_(generator=draw).log()
    chosen_N1 = (sorted_NV + noise_NV.to(sorted_NV.device)).argmax(-1, keepdim=True)
    return order_NV.gather(-1, chosen_N1).squeeze(-1)


@torch.no_grad()
def mean_losses(teacher: TinyTitan, rows_NT: Tensor) -> Tensor:
    """The teacher's own mean loss of each row in nats a token, (N,)."""
    found = []
    for part in rows_NT.split(AT_ONCE):
        part = part.to(teacher.device)
        logits = teacher(part[:, :-1], compact=True).logits_BTV.float()
        nll = F.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten(), reduction="none")
        found.append(nll.view(len(part), -1).mean(dim=1).cpu())
    return torch.cat(found)


def worth_keeping(rows_NT: Tensor, losses_N: Tensor) -> Tensor:
    """Which dreams are not repetitive, not the same as another, and about as likely as the others, (N,)."""
    low, high = (float(losses_N.quantile(share)) for share in BAND)
    seen: set[tuple[int, ...]] = set()
    kept = []
    for row, loss in zip(rows_NT.tolist(), losses_N.tolist(), strict=True):
        new = tuple(row) not in seen
        seen.add(tuple(row))
        kept.append(new and low <= loss <= high and repetition(row) < MOST_REPETITION)
    return torch.tensor(kept, dtype=torch.bool)


def repetition(row: list[int]) -> float:
    """Share of the row's runs of four tokens that were there before."""
    runs = [tuple(row[place : place + GRAM]) for place in range(len(row) - GRAM + 1)]
    return 1.0 - len(set(runs)) / len(runs) if runs else 0.0
