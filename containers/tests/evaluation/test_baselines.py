"""Counting baselines against dictionaries and loops."""

import math
from collections import Counter
from itertools import pairwise

import pytest
import torch

from agent_forge.data.tokenizer import BOS_ID
from agent_forge.evaluation import baselines
from agent_forge.evaluation.baselines import PairCounts
from agent_forge.evaluation.held_out import HeldOut
from tests.evaluation.test_held_out import TABLE, held_out

USABLE = 32


def seen() -> torch.Tensor:
    rows = torch.randint(32, 48, (12, 9), generator=torch.Generator().manual_seed(4))
    rows[0, 0] = rows[3, 4] = BOS_ID
    return rows


def pairs_of(tokens: list[int]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in pairwise(tokens) if b != BOS_ID]


def per_byte(text: HeldOut, probabilities: list[float]) -> float:
    return -sum(math.log2(p) for p in probabilities) / sum(len(TABLE[t]) for t in text.tokens.tolist())


def test_the_token_unigram_is_counts_plus_one_over_the_usable_rows() -> None:
    text, counts = held_out(30), Counter(seen()[:, 1:].flatten().tolist())
    total = sum(counts.values()) + USABLE
    expected = per_byte(text, [(counts[b] + 1) / total for _, b in pairs_of(text.tokens.tolist())])
    assert baselines.token_unigram(seen(), text, USABLE) == pytest.approx(expected, rel=1e-9)


def test_the_token_bigram_is_pair_counts_plus_one_inside_windows_only() -> None:
    text, counts, contexts = held_out(30), Counter(), Counter()
    for row in seen().tolist():
        for a, b in pairwise(row):
            counts[a, b] += 1
            contexts[a] += 1
    expected = [(counts[a, b] + 1) / (contexts[a] + USABLE) for a, b in pairs_of(text.tokens.tolist())]
    assert baselines.token_bigram(seen(), text, USABLE) == pytest.approx(per_byte(text, expected), rel=1e-9)


def test_the_byte_bigram_counts_the_bytes_of_the_same_windows() -> None:
    def symbols(tokens: list[int]) -> list[int]:
        return [s for token in tokens for s in (list(TABLE[token]) or [256])]

    counts, contexts = Counter(), Counter()
    for row in seen().tolist():
        line = symbols(row)
        for a, b in pairwise(line):
            counts[a, b] += 1
            contexts[a] += b != 256
    text = held_out(30)
    line = symbols(text.tokens.tolist())
    pairs = [(a, b) for a, b in pairwise(line) if b != 256]
    expected = -sum(math.log2((counts[p] + 1) / (contexts[p[0]] + 256)) for p in pairs) / len(pairs)
    assert baselines.byte_bigram(seen(), text) == pytest.approx(expected, rel=1e-9)


def test_kneser_ney_sums_to_one_after_seen_and_unseen_contexts() -> None:
    # given: all rows usable, so that the whole distribution can be summed
    model = baselines.kneser_ney(PairCounts.of(seen(), 64), usable=64)
    every = torch.arange(64)
    for previous in (32, 40, 47, 63, BOS_ID):
        total = model(torch.full((64,), previous), every).sum()
        assert float(total) == pytest.approx(1.0, abs=1e-9)


def test_kneser_ney_equals_its_formula() -> None:
    rows, text = seen(), held_out(30)
    counts = Counter(p for row in rows.tolist() for p in pairwise(row))
    once, twice = (sum(c == n for c in counts.values()) for n in (1, 2))
    d = once / (once + 2 * twice)
    arrivals, departures, context = Counter(), Counter(), Counter()
    for (a, b), c in counts.items():
        arrivals[b] += 1
        departures[a] += 1
        context[a] += c
    types = len(counts)

    def probability(a: int, b: int) -> float:
        lower = max(arrivals[b] - d, 0) / types + d * len(arrivals) / types / USABLE
        if not context[a]:
            return lower
        return (max(counts[a, b] - d, 0) + d * departures[a] * lower) / context[a]

    expected = per_byte(text, [probability(a, b) for a, b in pairs_of(text.tokens.tolist())])
    assert baselines.kneser_ney_bigram(rows, text, USABLE) == pytest.approx(expected, rel=1e-9)


def test_a_bigram_beats_a_unigram_on_text_made_of_pairs_and_kneser_ney_beats_add_one() -> None:
    line = torch.tensor([32, 40, 33, 41, 34, 42] * 60)
    text = HeldOut(torch.cat([torch.tensor([BOS_ID]), line[:60]]), TABLE)
    unigram = baselines.token_unigram(line[None], text, USABLE)
    bigram = baselines.token_bigram(line[None], text, USABLE)
    assert baselines.kneser_ney_bigram(line[None], text, USABLE) < bigram < unigram
