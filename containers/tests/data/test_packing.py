"""Batches depend on the seed and the step alone."""

import random

import pytest
import torch

from agent_forge.data.mixtures import Mixture
from agent_forge.data.packing import ANSWER_WEIGHT, CONTEXT_WEIGHT, Sampler, synthetic_row
from agent_forge.data.tokenizer import TextTokenizer
from tests.data.texts import documents


@pytest.fixture(scope="module")
def tokenizer() -> TextTokenizer:
    return TextTokenizer.train(documents(2), 384)


def sampler(
    tokenizer: TextTokenizer, seed: int = 1, mixture: Mixture | None = None, tokens: int = 10 * 16 + 1
) -> Sampler:
    stream = torch.arange(tokens, dtype=torch.int32)
    return Sampler(stream, tokenizer, 16, 2, seed, steps=50, mixture=mixture or Mixture())


def test_a_batch_can_be_drawn_in_any_order_and_is_always_the_same(tokenizer: TextTokenizer) -> None:
    mixture = Mixture("graded", 0.5)
    forward = [sampler(tokenizer, mixture=mixture).batch(step).tokens for step in range(8)]
    again = sampler(tokenizer, mixture=mixture)
    for step in reversed(range(8)):
        assert torch.equal(again.batch(step).tokens, forward[step])


def test_an_epoch_shows_every_window_once_and_the_next_one_in_another_order(tokenizer: TextTokenizer) -> None:
    source = sampler(tokenizer)
    starts = [int(row[0]) for step in range(10) for row in source.batch(step).tokens]
    assert sorted(starts[:10]) == [16 * i for i in range(10)]
    assert sorted(starts[10:]) == sorted(starts[:10])
    assert starts[10:] != starts[:10]


def test_another_seed_gives_another_order(tokenizer: TextTokenizer) -> None:
    first, second = sampler(tokenizer, seed=1), sampler(tokenizer, seed=2)
    assert any(not torch.equal(first.batch(s).tokens, second.batch(s).tokens) for s in range(5))


def test_rows_hold_one_token_more_than_the_window_and_overlap_by_it(tokenizer: TextTokenizer) -> None:
    row = sampler(tokenizer).batch(0).tokens[0]
    assert torch.equal(row, torch.arange(int(row[0]), int(row[0]) + 17))


def test_text_windows_are_exactly_the_text_rows_of_the_batches(tokenizer: TextTokenizer) -> None:
    source = sampler(tokenizer, mixture=Mixture("recall", 0.5))
    text_rows = [
        row
        for step in range(4)
        for row, w in zip(*_parts(source.batch(step)), strict=True)
        if bool((w == 1.0).all())
    ]
    windows = source.text_windows(source.text_numbers(range(4)))
    assert len(windows) == 4
    assert torch.equal(torch.stack(text_rows), windows)


def test_synthetic_rows_weigh_answers_and_hardly_anything_else(tokenizer: TextTokenizer) -> None:
    # given: rows of walks; the facts about eight symbols come first, 25 tokens and BOS
    tokens, weights = synthetic_row(tokenizer, "hops", random.Random(1), 1.0, seq_len=80)
    # then: weights belong to the targets, which begin one token later
    assert weights[:25].tolist() == pytest.approx([CONTEXT_WEIGHT] * 25)
    assert set(weights[25:].tolist()) == {ANSWER_WEIGHT, weights[0].item()}
    text = [tokenizer.decode([token]) for token in tokens.tolist()]
    unscored = [piece for piece, weight in zip(text[1:], weights.tolist(), strict=True) if weight < 1]
    after_mark = [place for place, piece in enumerate(text) if piece == "?"]
    assert all(weights[place] < 1 for place in after_mark if place < 80)  # where a walk starts is not scored
    assert {";", "?"} <= set(unscored)


def test_windows_wrap_around_a_stream_shorter_than_a_batch(tokenizer: TextTokenizer) -> None:
    assert sampler(tokenizer, tokens=17).batch(3).tokens.shape == (2, 17)


def _parts(batch: object) -> tuple:
    return batch.tokens, batch.weights_BT  # type: ignore[attr-defined]
