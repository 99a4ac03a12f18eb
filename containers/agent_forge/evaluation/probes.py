"""Probes of what each variant is for: hops (reasoning), recall (memory), spread of ponder steps (adaptive).

A probe item is a synthetic text with scored segments; an answer counts when every token of it is the model's
first choice, which is the same as greedy decoding reproducing it. Legend: B items, T tokens.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.mixtures import Segment, cycle, facts, recall, walk
from agent_forge.data.packing import encode_segments
from agent_forge.data.tokenizer import BOS_ID, PAD_ID, TextTokenizer
from agent_forge.evaluation.held_out import NATS_PER_BIT, HeldOut, windows
from agent_forge.models.titan import TinyTitan


@dataclass(frozen=True)
class Probe:
    """Items of one length class, right-padded: padding is never read by an earlier position."""

    tokens_BT: Tensor
    scored_BT: Tensor  # bool, aligned with tokens


@dataclass(frozen=True)
class ProbeScore:
    """`accuracy` of whole answers; `answer_bits` is the mean code length of an answer token."""

    accuracy: float
    answer_bits: float


def hops_probe(tokenizer: TextTokenizer, items: int, seed: int, count: int) -> Probe:
    """Walks of `count` hops along a fresh cycle each; one walk per item."""
    texts = []
    for item in range(items):
        rng = random.Random(f"hops-probe:{seed}:{count}:{item}")
        following = cycle(rng)
        texts.append([(facts(rng, following), False), *walk(rng.choice(sorted(following)), count, following)])
    return _probe(tokenizer, texts)


def recall_probe(tokenizer: TextTokenizer, items: int, seed: int, difficulty: float, distance: int) -> Probe:
    """One queried pair per item, every pair as likely, asked for `distance` words after the list."""
    texts: list[list[Segment]] = []
    for item in range(items):
        segments = recall(random.Random(f"recall-probe:{seed}:{difficulty}:{item}"), difficulty, distance)
        texts.append(segments[:3])
    return _probe(tokenizer, texts)


def _probe(tokenizer: TextTokenizer, texts: Sequence[Sequence[Segment]]) -> Probe:
    rows = [encode_segments(tokenizer, segments) for segments in texts]
    width = 1 + max(len(ids) for ids, _ in rows)
    tokens = torch.full((len(rows), width), PAD_ID, dtype=torch.int64)
    scored = torch.zeros(len(rows), width, dtype=torch.bool)
    for place, (ids, answers) in enumerate(rows):
        tokens[place, : len(ids) + 1] = torch.tensor([BOS_ID, *ids])
        scored[place, 1 : len(ids) + 1] = torch.tensor(answers)
    return Probe(tokens, scored)


@torch.no_grad()
def score_probe(model: TinyTitan, probe: Probe, batch_size: int) -> ProbeScore:
    """Share of items answered right in full, and bits per answer token."""
    model.eval()
    right, nats, answers = 0, 0.0, 0
    for first in range(0, len(probe.tokens_BT), batch_size):
        tokens = probe.tokens_BT[first : first + batch_size].to(model.device)
        scored = probe.scored_BT[first : first + batch_size, 1:].to(model.device)
        logits = model(tokens[:, :-1], compact=True).logits_BTV
        targets = tokens[:, 1:]
        right += int(((logits.argmax(-1) == targets) | ~scored).all(dim=1).sum())
        nll = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(targets)
        nats += float(nll[scored].double().sum())
        answers += int(scored.sum())
    return ProbeScore(right / len(probe.tokens_BT), nats / NATS_PER_BIT / answers)


@torch.no_grad()
def ponder_steps(model: TinyTitan, rows_BT: Tensor) -> Tensor:
    """Steps taken at every token of the rows, flat."""
    model.eval()
    steps: Tensor = model(rows_BT.to(model.device), compact=True).steps_BT
    return steps.flatten().double().cpu()


def text_rows(held_out: HeldOut, seq_len: int, count: int) -> Tensor:
    """The first `count` disjoint rows of held-out text."""
    width = min(seq_len, len(held_out.tokens) - 1)
    starts = [start for start, _ in windows(len(held_out.tokens), width, width)][:count]
    return torch.stack([held_out.tokens[start : start + width] for start in starts])
