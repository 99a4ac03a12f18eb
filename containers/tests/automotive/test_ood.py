"""Scores, thresholds and rates of the out-of-distribution monitor beside torch, brute force, closed forms."""

import base64
import math
import random

import numpy as np
import pytest
import torch

from agent_forge.automotive.ood.conformal import conformal_threshold
from agent_forge.automotive.ood.ranking import auroc, false_positive_rate
from agent_forge.automotive.ood.scores import Neighbourhood, doubt, energy, shrunk
from agent_forge.automotive.ood.strangers import STRANGERS, strangers
from agent_forge.errors import ForgeError

KNOWN = [b"the secretary of the treasury", b"fellow citizens of the senate"]


def test_energy_and_doubt_are_what_torch_says_even_for_large_logits() -> None:
    logits = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(1)).double() * 400
    assert energy(logits.numpy()) == pytest.approx((-logits.logsumexp(-1).mean(-1)).numpy())
    assert doubt(logits.numpy()) == pytest.approx((1 - logits.softmax(-1).amax(-1).mean(-1)).numpy())


def test_the_distance_of_states_is_the_sum_of_squares_in_units_of_their_spread() -> None:
    # given: two independent directions with standard deviations 1 and 3, so many states that nothing shrinks
    rng = np.random.default_rng(2)
    near = Neighbourhood.of(rng.normal(size=(200_000, 2)) * [1.0, 3.0] + [5.0, 0.0])
    # then
    assert near.shrinkage < 1e-4
    found = near.distance(np.array([[5.0, 0.0], [7.0, 0.0], [5.0, 6.0]]))
    assert found == pytest.approx([0.0, 4.0, 4.0], rel=0.02, abs=1e-3)


def test_few_states_in_many_directions_are_shrunk_until_the_covariance_can_be_inverted() -> None:
    states = np.random.default_rng(3).normal(size=(10, 40))
    covariance, share = shrunk(np.cov(states, rowvar=False, bias=True), 10)
    assert 0.5 < share <= 1.0
    assert np.linalg.eigvalsh(covariance).min() > 0.1
    assert np.trace(covariance) == pytest.approx(np.trace(np.cov(states, rowvar=False, bias=True)))


@pytest.mark.parametrize("states", [np.ones((7, 2)), np.ones((20, 2))])
def test_states_that_say_nothing_are_refused(states: np.ndarray) -> None:
    with pytest.raises(ForgeError, match="expected"):
        Neighbourhood.of(states)


@pytest.mark.parametrize(("count", "rate", "place"), [(19, 0.05, 19), (99, 0.05, 95), (100, 0.1, 91)])
def test_the_threshold_is_the_score_at_the_place_that_the_rate_asks_for(
    count: int, rate: float, place: int
) -> None:
    scores = list(range(1, count + 1))
    random.Random(4).shuffle(scores)
    assert conformal_threshold(scores, rate) == place


def test_alarms_of_exchangeable_inputs_are_no_more_frequent_than_asked_for() -> None:
    rng = np.random.default_rng(5)
    rates = [
        float((rng.normal(size=500) > conformal_threshold(rng.normal(size=199), 0.1)).mean())
        for _ in range(200)
    ]
    # Expected: exactly 1 - 180/200; four standard errors of the mean of 200.
    assert np.mean(rates) == pytest.approx(0.1, abs=4 * np.std(rates) / math.sqrt(200))


@pytest.mark.parametrize(("scores", "rate"), [([1.0] * 18, 0.05), ([1.0], 0.0), ([1.0], 1.0)])
def test_a_rate_that_the_scores_cannot_give_is_refused(scores: list[float], rate: float) -> None:
    with pytest.raises(ForgeError, match="threshold"):
        conformal_threshold(scores, rate)


def test_a_score_that_is_no_number_calibrates_nothing() -> None:
    with pytest.raises(ForgeError, match="finite"):
        conformal_threshold([1.0] * 30 + [math.inf], 0.05)


def test_auroc_counts_pairs_and_ties_by_half() -> None:
    rng = np.random.default_rng(6)
    known, strange = rng.integers(0, 9, 60).astype(float), rng.integers(3, 12, 40).astype(float)
    pairs = [(1.0 if s > k else 0.5 if s == k else 0.0) for s in strange for k in known]
    assert auroc(known, strange) == pytest.approx(sum(pairs) / len(pairs))


def test_the_false_positive_rate_is_taken_where_95_of_100_strange_inputs_alarm() -> None:
    strange, known = np.arange(100, 200.0), np.array([90.0, 104.0, 105.0, 150.0])
    assert (strange >= 105.0).mean() == 0.95
    assert false_positive_rate(known, strange) == 0.5


@pytest.mark.parametrize("kind", sorted(STRANGERS))
def test_strange_texts_have_the_lengths_of_known_ones_and_are_the_same_for_the_same_seed(kind: str) -> None:
    found = strangers(kind, KNOWN, 1)
    assert [len(text) for text in found] == [len(text) for text in KNOWN]
    assert found == strangers(kind, KNOWN, 1)
    assert found != KNOWN


def test_strange_texts_are_what_their_names_say() -> None:
    made = {kind: strangers(kind, KNOWN, 1) for kind in STRANGERS}
    assert [sorted(text) for text in made["shuffled"]] == [sorted(text) for text in KNOWN]
    assert [base64.b64encode(text)[: len(text)] for text in KNOWN] == made["base64"]
    assert all(
        len(set(text)) == 1 and text[0] in known for text, known in zip(made["repeated"], KNOWN, strict=True)
    )
