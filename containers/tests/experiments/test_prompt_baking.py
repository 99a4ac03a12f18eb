"""E11 asks what it says, its arms differ in what they say, and running it again gives the same."""

import pytest
import torch

from agent_forge.data.tokenizer import BOS_ID
from agent_forge.experiments.baking_within_noise.experiment import EXPERIMENT as WITHIN_NOISE
from agent_forge.experiments.baking_within_noise.experiment import rise
from agent_forge.experiments.prompt_baking import ciphers
from agent_forge.experiments.prompt_baking.experiment import EXPERIMENT, courses
from agent_forge.experiments.runner import run_experiment


def letters(row: list[int]) -> list[int]:
    return [token - ciphers.LETTER_0 for token in row]


def test_each_prompt_shifts_behind_its_own_mark_and_none_behind_the_third() -> None:
    for mark in (ciphers.DOTTED, ciphers.DASHED, ciphers.ROTATED):
        for first in (False, True):
            for second in (False, True):
                inputs = ciphers.questions(mark, 4, seed=3)
                for row in ciphers.answered(inputs, first, second).tolist():
                    asked, said = letters(row[1:7]), letters(row[8:])
                    by = {ciphers.DOTTED: 3 * first, ciphers.DASHED: 7 * second}.get(mark, 0)
                    shifted = [(letter + by) % ciphers.ALPHABET for letter in asked]
                    rotated = [asked[-1], *asked[:-1]]
                    assert said == (rotated if mark == ciphers.ROTATED else shifted)
                    assert (row[0], row[7]) == (mark, ciphers.SAYS)


def test_only_answers_are_learned_at_school_whatever_prompts_stand_in_front() -> None:
    for step in range(12):
        batch = ciphers.Schooling(1).batch(step)
        assert bool((batch.tokens[:, 0] == BOS_ID).all())
        targets = batch.tokens[:, 1:][batch.weights_BT > 0].view(ciphers.BATCH, -1)
        assert targets.shape[1] == ciphers.LENGTH
        place = (batch.tokens[0] == ciphers.SAYS).nonzero().item()
        assert torch.equal(targets, batch.tokens[:, place + 1 : place + 1 + ciphers.LENGTH])


def test_an_arm_bakes_none_one_or_both_prompts() -> None:
    counts = {name: len(courses(name)) for name in ("none", "first", "sequence", "union")}
    assert counts == {"none": 0, "first": 1, "sequence": 2, "union": 1}
    ((marks, prompt),) = courses("union")
    assert marks == (ciphers.DOTTED, ciphers.DASHED)
    assert prompt == ciphers.FIRST_PROMPT + ciphers.SECOND_PROMPT


def test_running_it_again_measures_the_same_and_the_arm_without_a_bake_changes_nothing() -> None:
    ciphers.schooled.cache_clear()
    one, two = (run_experiment(EXPERIMENT, "ci", [5], lambda _: None) for _ in range(2))
    measured = [{a["name"]: a["results"][0]["measures"] for a in record["arms"]} for record in (one, two)]
    assert measured[0] == measured[1]
    unbaked = measured[0]["unbaked"]
    assert unbaked["retain_kl"] == unbaked["reprompted_kl"] == 0.0
    assert unbaked["kl"] == unbaked["kl_25"]
    assert measured[0]["full"]["kl"] != unbaked["kl"]
    assert one["verdict"] == "no verdict"


def test_e11b_changes_the_bound_on_the_order_of_strengths_and_nothing_else() -> None:
    theirs = {line.id: line for line in EXPERIMENT.lines}
    assert [line.id for line in WITHIN_NOISE.lines if line != theirs[line.id]] == ["full-monotone"]
    (record,) = (run_experiment(WITHIN_NOISE, "ci", [5], lambda _: None),)
    (again,) = (run_experiment(EXPERIMENT, "ci", [5], lambda _: None),)
    ours, known = (
        {arm["name"]: arm["results"][0]["measures"] for arm in each["arms"]} for each in (record, again)
    )
    for arm in ("unbaked", "full"):
        same = set(ours[arm]) & set(known[arm])
        assert {"kl", "exact", "retain_kl", "kl_25", "kl_75", "reprompted_kl"} <= same
        assert all(ours[arm][name] == known[arm][name] for name in same)
    assert ours["unbaked"]["largest_rise"] == ours["unbaked"]["rise_beyond_noise"] == 0.0


def test_a_rise_is_the_mean_of_paired_differences_with_its_standard_error() -> None:
    mean, error = rise(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([1.5, 2.0, 3.5, 4.0]))
    assert mean == pytest.approx(0.25)
    assert error == pytest.approx(0.5 / 3**0.5 / 2)
