"""Synthetic tasks: every scored segment follows from what stands before it, and nothing else is scored."""

import random
import re
from itertools import pairwise

import pytest

from agent_forge.data.mixtures import TASKS, Mixture, cycle, hops, recall, walk


def text_of(segments: list) -> str:
    return "".join(text for text, _ in segments)


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_recall_asks_for_every_pair_twice_and_scores_its_value(difficulty: float) -> None:
    segments = recall(random.Random(4), difficulty)
    listed, asked = text_of(segments).strip().removeprefix("@").split("?")
    pairs = dict(re.findall(r"([a-z])(\d)", listed))
    assert len(pairs) == 4 + 12 * difficulty
    assert sorted(re.findall(r"[a-z]", asked)) == sorted([*pairs, *pairs])
    assert dict(re.findall(r"([a-z])(\d)", asked)) == pairs
    assert [text for text, scored in segments if scored] == [
        pairs[key] for key in re.findall(r"[a-z]", asked)
    ]


def test_distant_recall_only_puts_words_between_the_list_and_the_questions() -> None:
    near, far = recall(random.Random(4), 0.0), recall(random.Random(4), 0.0, distance=5)
    listed, *words = far[0][0].removesuffix("?").split(" ")
    assert len(words) == 5
    assert listed + "?" == near[0][0]


@pytest.mark.parametrize("difficulty", [0.0, 1.0])
def test_hops_follow_the_listed_edges(difficulty: float) -> None:
    segments = hops(random.Random(4), difficulty)
    listed, *walks = text_of(segments).strip().removeprefix("#").split("?")
    edges = {edge[0]: edge[1] for edge in listed.strip(";").split(";")}
    assert len(edges) == 8
    for path in walks:
        places = path.strip(";")
        assert 2 <= len(places) <= 2 + 2 * difficulty
        assert all(edges[a] == b for a, b in pairwise(places))
    assert all(len(text) == 1 for text, scored in segments if scored)


def test_a_walk_scores_every_place_after_the_first() -> None:
    following = cycle(random.Random(2))
    start = min(following)
    expected = following[following[start]]
    assert walk(start, 2, following) == [
        (f"?{start}", False),
        (following[start], True),
        (expected, True),
        (";", False),
    ]


def test_a_cycle_takes_letters_and_digits_in_turns_and_visits_all() -> None:
    following = cycle(random.Random(2))
    here, seen = min(following), []
    for _ in range(8):
        seen.append(here)
        here = following[here]
    assert set(seen) == set(following)
    assert all(a.isdigit() != following[a].isdigit() for a in following)


@pytest.mark.parametrize("task", TASKS)
def test_the_same_seed_gives_the_same_text(task: str) -> None:
    texts = [text_of(TASKS[task](random.Random(seed), 1.0)) for seed in ("a", "a", "b")]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_the_share_of_synthetic_rows_is_exact_and_even(share: float) -> None:
    mixture = Mixture("recall", share)
    taken = [mixture.takes(row) for row in range(100)]
    assert sum(taken) == round(100 * share)
    for start in range(0, 100, 10):
        assert sum(taken[start : start + 10]) == round(10 * share)


def test_difficulty_ramps_to_one_and_stays() -> None:
    ramped = Mixture("graded", 0.5, ramp=0.5)
    assert [ramped.difficulty(p) for p in (0.0, 0.25, 0.5, 1.0)] == [0.0, 0.5, 1.0, 1.0]
    assert Mixture("graded", 0.5).difficulty(0.0) == 1.0
