"""Jensen-Shannon divergence against sums written out in plain Python."""

import math
import random

import numpy as np
import pytest

from agent_forge.evolution.diversity import jensen_shannon, mean_pairwise


def written_out(p: list[list[float]], q: list[list[float]]) -> float:
    """0.5 KL(p|m) + 0.5 KL(q|m) in bits, mean over rows."""
    total = 0.0
    for a, b in zip(p, q, strict=True):
        for x, y in zip(a, b, strict=True):
            m = (x + y) / 2
            total += 0.5 * (x * math.log2(x / m) if x else 0.0) + 0.5 * (y * math.log2(y / m) if y else 0.0)
    return total / len(p)


def rows(rng: random.Random, positions: int, width: int) -> list[list[float]]:
    found = []
    for _ in range(positions):
        raw = [rng.random() if rng.random() < 0.7 else 0.0 for _ in range(width)] + [0.1]
        found.append([value / sum(raw) for value in raw])
    return found


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_divergence_of_its_definition(seed: int) -> None:
    rng = random.Random(seed)
    p, q = rows(rng, 3, 6), rows(rng, 3, 6)
    assert jensen_shannon(np.array(p), np.array(q)) == pytest.approx(written_out(p, q), abs=1e-12)


def test_equal_predictions_differ_by_nothing_and_disjoint_ones_by_a_bit() -> None:
    p, q = np.array([[0.5, 0.5, 0.0, 0.0]]), np.array([[0.0, 0.0, 0.25, 0.75]])
    assert jensen_shannon(p, p) == 0.0
    assert jensen_shannon(p, q) == pytest.approx(1.0)
    assert jensen_shannon(p, q) == jensen_shannon(q, p)


def test_probabilities_stored_with_few_digits_count_as_if_they_added_up_to_one() -> None:
    p = np.array([[0.2, 0.3, 0.5]])
    assert jensen_shannon(0.999 * p, p) == pytest.approx(0.0, abs=1e-15)


def test_the_mean_goes_over_every_pair_once() -> None:
    rng = random.Random(1)
    members = [np.array(rows(rng, 2, 5)) for _ in range(4)]
    pairs = [jensen_shannon(members[i], members[j]) for i in range(4) for j in range(i)]
    assert mean_pairwise(members) == pytest.approx(sum(pairs) / 6)
    assert mean_pairwise(members[:1]) == mean_pairwise([]) == 0.0
