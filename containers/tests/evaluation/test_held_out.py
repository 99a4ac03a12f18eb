"""Bits per byte: every target once, the same targets for everyone, the plain definition as oracle."""

import math

import pytest
import torch

from agent_forge.data.tokenizer import BOS_ID
from agent_forge.evaluation.held_out import HeldOut, score_model, windows
from agent_forge.models.titan import TinyTitan
from tests.models.reference import pico_config

# Rows 0..31 are reserved and stand for no bytes; the others stand for one, two or three.
TABLE = tuple(b"" if row < 32 else b"abc"[: 1 + row % 3] for row in range(64))


def held_out(length: int) -> HeldOut:
    tokens = torch.randint(32, 64, (length,), generator=torch.Generator().manual_seed(2))
    tokens[0] = tokens[length // 2] = BOS_ID
    return HeldOut(tokens, TABLE)


@pytest.mark.parametrize(
    ("length", "seq_len", "stride"), [(100, 16, 16), (100, 16, 5), (17, 16, 3), (9, 16, 4), (50, 8, 1)]
)
def test_windows_score_every_target_exactly_once_with_as_much_context_as_fits(
    length: int, seq_len: int, stride: int
) -> None:
    scored = []
    for start, first in windows(length, seq_len, stride):
        end = min(length, start + seq_len + 1)
        assert 0 <= start < first < end
        scored += range(first, end)
    assert scored == list(range(1, length))


@pytest.mark.parametrize("stride", [3, 8])
def test_a_model_scores_the_sum_of_its_code_lengths_over_the_bytes(stride: int) -> None:
    # given
    model, text = TinyTitan(pico_config()).initialise(3).eval(), held_out(40)
    # when
    score = score_model(model, text, seq_len=8, stride=stride, batch_size=3)
    # then: one window at a time, one target at a time
    bits = 0.0
    with torch.no_grad():
        for start, first in windows(40, 8, stride):
            logits = model(text.tokens[None, start : start + 8]).logits_BTV[0].log_softmax(-1)
            for place in range(first, min(40, start + 9)):
                if int(text.tokens[place]) != BOS_ID:
                    bits -= float(logits[place - start - 1, text.tokens[place]]) / math.log(2)
    size = sum(len(TABLE[t]) for t in text.tokens.tolist())
    assert score.bytes == size
    assert score.tokens == 38
    assert score.bits_per_byte == pytest.approx(bits / size, rel=1e-6)
    assert score.perplexity == pytest.approx(2 ** (bits / 38), rel=1e-6)


def test_a_model_that_knows_nothing_needs_the_logarithm_of_the_rows_per_token() -> None:
    model = TinyTitan(pico_config())
    with torch.no_grad():
        model.embedding.weight.zero_()
    assert score_model(model, held_out(40), 8, 8, 4).perplexity == pytest.approx(64.0, rel=1e-5)


def test_the_batch_size_does_not_change_the_score() -> None:
    model, text = TinyTitan(pico_config()).initialise(3), held_out(60)
    scores = [score_model(model, text, 8, 8, batch).bits for batch in (1, 5, 64)]
    assert scores == pytest.approx([scores[0]] * 3, rel=1e-6)
