"""Difficulty changes the questions, dreams get their share, and without either nothing changes."""

from dataclasses import dataclass

import pytest
import torch

from agent_forge.data.corpus import encode_texts
from agent_forge.data.mixtures import Mixture
from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.training.mixed_batches import MixedBatches
from tests.data.texts import documents

TEXTS = documents(6)
TOKENIZER = TextTokenizer.train(TEXTS, 320)
SAMPLER = Sampler(encode_texts(TOKENIZER, TEXTS, 5000, 1), TOKENIZER, 48, 4, 1, 10, Mixture("graded", 0.5))


@dataclass
class Asked:
    difficulty: float


@dataclass
class Replayed:
    share: float
    count: int

    def rows(self, step: int, new_rows: int) -> torch.Tensor:
        return torch.full((self.count, 49), 7)


def test_without_companions_the_rows_and_weights_are_the_samplers() -> None:
    mixed, plain = MixedBatches(SAMPLER).batch(3), SAMPLER.batch(3)
    assert torch.equal(mixed.tokens, plain.tokens)
    assert torch.equal(mixed.weights_BT, plain.weights_BT)
    assert not bool(mixed.dreamed_B.any())


def test_the_controllers_difficulty_changes_the_questions_and_not_the_text() -> None:
    easy, hard = (MixedBatches(SAMPLER, Asked(d)).batch(2) for d in (0.0, 1.0))
    synthetic_B = (easy.weights_BT != 1.0).any(dim=1)
    assert 0 < int(synthetic_B.sum()) < 4
    assert torch.equal(easy.tokens[~synthetic_B], hard.tokens[~synthetic_B])
    assert not torch.equal(easy.tokens[synthetic_B], hard.tokens[synthetic_B])


def test_harder_questions_have_longer_lists() -> None:
    def questions(difficulty: float) -> int:
        batches = [MixedBatches(SAMPLER, Asked(difficulty)).batch(step) for step in range(20)]
        marks = TOKENIZER.encode("@")[0], TOKENIZER.encode("#")[0]
        return sum(int((batch.tokens == mark).sum()) for batch in batches for mark in marks)

    assert questions(1.0) < questions(0.0)


@pytest.mark.parametrize(("share", "count"), [(0.2, 1), (0.5, 3)])
def test_dreams_weigh_their_share_however_many_they_are(share: float, count: int) -> None:
    mixed, plain = MixedBatches(SAMPLER, None, Replayed(share, count)).batch(1), SAMPLER.batch(1)
    of_dreams = float(mixed.weights_BT[mixed.dreamed_B].sum())
    assert of_dreams == pytest.approx(share, abs=1e-6)
    assert float(mixed.weights_BT.sum()) == pytest.approx(1.0, abs=1e-6)
    new = mixed.weights_BT[~mixed.dreamed_B]
    torch.testing.assert_close(new * plain.weights_BT.sum() / (1 - share), plain.weights_BT)
    assert not bool(mixed.graded_BT[mixed.dreamed_B].any())


def test_a_night_without_dreams_leaves_the_batch_alone() -> None:
    mixed = MixedBatches(SAMPLER, None, Replayed(0.2, 0)).batch(1)
    assert torch.equal(mixed.weights_BT, SAMPLER.batch(1).weights_BT)
