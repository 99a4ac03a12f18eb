"""E3's vectors and questions are what they say, recipes reach the operators, halves never meet."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from agent_forge.experiments.averaged_start.experiment import AVERAGE, FROM_AVERAGE, log_likelihood
from agent_forge.experiments.averaged_start.experiment import EXPERIMENT as E3D
from agent_forge.experiments.evolved_merge import search
from agent_forge.experiments.evolved_merge.experiment import EXPERIMENT as E3C
from agent_forge.experiments.experiment import Experiment
from agent_forge.experiments.interference import vectors
from agent_forge.experiments.interference.experiment import EXPERIMENT as E3A
from agent_forge.experiments.runner import run_experiment
from agent_forge.experiments.three_tasks import tasks
from agent_forge.experiments.three_tasks.experiment import EXPERIMENT as E3B
from agent_forge.experiments.three_tasks.experiment import MERGES
from agent_forge.experiments.three_tasks.merged import merged, recipes_of
from agent_forge.merging.methods.registry import METHODS
from agent_forge.models.titan import TinyTitan

ANSWERS = {
    "add": lambda a, b: (a + b) % 13,
    "multiply": lambda a, b: a * b % 13,
    "max": max,
}


def small_family() -> dict[str, TinyTitan]:
    return tasks.family(3, tasks.Training.of(E3B.budgets["ci"]))


@pytest.mark.parametrize("task", tasks.TASKS)
def test_every_pair_is_asked_once_and_answered_by_the_task_that_the_question_names(task: str) -> None:
    asked = tasks.questions(task)
    rows = asked.asked.tolist()
    assert [(row[1], row[2]) for row in rows] == list(itertools.product(range(13), repeat=2))
    assert {(row[0], row[3]) for row in rows} == {(tasks.TASK_0 + tasks.TASKS.index(task), tasks.EQUALS)}
    assert asked.answer.tolist() == [ANSWERS[task](row[1], row[2]) for row in rows]


def test_accuracy_is_the_share_of_right_answers_of_each_task_at_the_places_asked() -> None:
    model, places = small_family()["base"], torch.tensor([3, 80, 168])
    for part in (None, places):
        found = tasks.accuracies(model, part)
        for task, accuracy in zip(tasks.TASKS, found, strict=True):
            asked = tasks.questions(task)
            where = range(169) if part is None else part.tolist()
            with torch.no_grad():
                said = [int(model(asked.asked[[p]]).logits_BTV[0, -1].argmax()) for p in where]
            right = sum(one == int(asked.answer[p]) for one, p in zip(said, where, strict=True))
            assert accuracy == pytest.approx(right / len(where))


def test_fine_tunes_start_from_one_base_and_see_their_task_alone() -> None:
    models = small_family()
    assert list(models) == ["base", *tasks.TASKS]
    names = {task: models[task].state_dict() for task in models}
    for task in tasks.TASKS:
        moved = [(names[task][name] - names["base"][name]).abs().max() for name in names["base"]]
        assert 0 < float(max(moved)) < 0.01  # two steps of AdamW at rate .001


def test_every_operator_has_an_arm() -> None:
    assert {settings["method"] for settings in MERGES.values()} == set(METHODS)


@pytest.mark.parametrize(
    ("settings", "weights"),
    [
        ({"method": "linear"}, (1 / 3, 1 / 3, 1 / 3)),
        ({"method": "task_arithmetic", "lambda": 1.0}, (1.0, 1.0, 1.0)),
        ({"method": "task_arithmetic", "lambda": 0.4}, (0.4, 0.4, 0.4)),
    ],
)
def test_the_recipes_of_an_arm_give_the_closed_form(
    settings: Mapping[str, Any], weights: tuple[float, ...]
) -> None:
    models = small_family()
    states = {name: model.state_dict() for name, model in models.items()}
    found = merged(models, recipes_of(settings)).state_dict()
    for name in ("embedding.weight", "blocks.1.ffn.down.weight"):
        base = states["base"][name]
        wanted = base + sum(
            weight * (states[task][name] - base) for task, weight in zip(tasks.TASKS, weights, strict=True)
        )
        torch.testing.assert_close(found[name], wanted, rtol=0, atol=1e-6)


def test_slerp_is_applied_twice_so_that_each_model_has_a_third() -> None:
    # Vectors this close to each other lie on a straight line to first order: the chain is their mean.
    models = small_family()
    found = merged(models, recipes_of({"method": "slerp"})).state_dict()["embedding.weight"]
    mean = torch.stack([models[task].state_dict()["embedding.weight"] for task in tasks.TASKS]).mean(0)
    base = models["base"].state_dict()["embedding.weight"]
    assert float((found - mean).norm() / (mean - base).norm()) < 0.01


def test_nuslerp_runs_between_task_vectors_with_the_same_shares() -> None:
    half, result = recipes_of({"method": "nuslerp"}).values()
    weights = [[each["weight"] for each in recipe.per_model.values()] for recipe in (half, result)]
    assert weights == [[0.5, 0.5], [pytest.approx(2 / 3), pytest.approx(1 / 3)]]
    assert (half.base, result.base, result.models) == ("base", "base", ("half", "max"))


def test_signals_are_disjoint_contradicted_on_a_quarter_and_noisy_everywhere() -> None:
    drawn = vectors.draw(1, 10_000)
    mine, other = drawn.first > 0.6, drawn.second > 0.6
    assert (int(mine.sum()), int(other.sum()), int((mine & other).sum())) == (1_000, 1_000, 0)
    assert np.array_equal(drawn.signal, (mine | other).astype(np.float32))
    for vector, theirs in ((drawn.first, other), (drawn.second, mine)):
        # A quarter at -.2: their mean is a quarter of that.
        assert float(vector[theirs].mean()) == pytest.approx(-0.05, abs=0.01)
        assert float(vector[~(mine | other)].std()) == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("method", ["linear", "task_arithmetic", "ties"])
def test_drawn_vectors_are_merged_as_a_loop_over_the_entries_merges_them(method: str) -> None:
    drawn = vectors.draw(2, 200)
    found = vectors.merged(
        drawn, {"method": method, "density": 0.2} if method == "ties" else {"method": method}
    )
    pairs = list(zip(drawn.first.tolist(), drawn.second.tolist(), strict=True))
    if method != "ties":
        wanted = [(a + b) / (2 if method == "linear" else 1) for a, b in pairs]
    else:
        cuts = [sorted(map(abs, vector.tolist()))[-40] for vector in (drawn.first, drawn.second)]
        wanted = []
        for pair in pairs:
            kept = [x for x, cut in zip(pair, cuts, strict=True) if abs(x) >= cut]
            agreeing = [x for x in kept if x * sum(kept) > 0]
            wanted.append(sum(agreeing) / len(agreeing) if agreeing else 0.0)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_no_pair_is_in_both_halves_and_together_they_are_all() -> None:
    for seed in range(5):
        fitness, judged = (set(half.tolist()) for half in search.halves(seed))
        assert not fitness & judged
        assert fitness | judged == set(range(169))


def test_a_point_of_the_cube_is_a_recipe_and_its_middle_weighs_all_alike() -> None:
    recipe = search.recipe_at(search.MIDDLE)
    assert recipe.parameters == {"lambda": 1.0, "density": pytest.approx(0.525)}
    assert {each["weight"] for each in recipe.per_model.values()} == {0.5}
    assert min(each["weight"] for each in search.recipe_at((0, 0, 0, 1, 1)).per_model.values()) > 0


@pytest.mark.parametrize("kind", ["cma-es", "random"])
def test_a_search_returns_the_fittest_it_saw_and_volumes_that_never_fall(kind: str) -> None:
    models, (fitness, _) = small_family(), search.halves(3)
    found = search.searched(models, fitness, kind, 3, 2, 3)
    again = merged(models, {"result": search.recipe_at(found.point)})
    assert tasks.score(tasks.accuracies(again, fitness)) == found.fitness
    assert (found.evaluations, len(found.volumes)) == (6, 3)
    assert sorted(found.volumes) == list(found.volumes)


def test_the_search_from_the_average_begins_at_the_average_itself() -> None:
    models = small_family()
    start = merged(models, {"result": FROM_AVERAGE.recipe(AVERAGE)}).state_dict()
    average = merged(models, recipes_of({"method": "linear"})).state_dict()
    for name, tensor in average.items():
        torch.testing.assert_close(start[name], tensor, atol=1e-6, rtol=0)


def test_the_search_from_the_average_never_finds_what_is_less_likely_than_it() -> None:
    models, (fitness, _) = small_family(), search.halves(3)
    found = search.searched(models, fitness, "cma-es", 1, 2, 3, FROM_AVERAGE)
    average = merged(models, {"result": FROM_AVERAGE.recipe(AVERAGE)})
    assert found.evaluations == 3
    assert found.fitness >= log_likelihood(average, fitness, ())


def test_likelihood_is_the_mean_of_each_right_answers_log_probability() -> None:
    model, places = small_family()["add"], torch.tensor([0, 5, 168])
    logs = []
    for part in map(tasks.questions, tasks.TASKS):
        for place in places.tolist():
            said = tasks.answer_logits(model, part.asked[place : place + 1])[0].detach().double()
            logs.append(float(said[part.answer[place]] - said.exp().sum().log()))
    assert log_likelihood(model, places, ()) == pytest.approx(sum(logs) / 9, abs=1e-5)


def test_the_second_search_is_judged_by_the_bounds_of_the_first() -> None:
    assert E3D.lines == E3C.lines
    full = E3D.budgets["full"]
    assert full["rounds"] * full["population"] + 1 <= 60


@pytest.mark.parametrize("experiment", [E3A, E3C, E3D], ids=["E3A", "E3C", "E3D"])
def test_running_it_again_measures_the_same(experiment: Experiment) -> None:
    one, two = (run_experiment(experiment, "ci", [5], lambda _: None) for _ in range(2))
    measured = [[arm["results"][0]["measures"] for arm in record["arms"]] for record in (one, two)]
    assert measured[0] == measured[1]


def test_a_record_of_merges_names_the_operators_among_its_sources() -> None:
    sources = run_experiment(E3A, "ci", [5], lambda _: None)["sources"]
    assert {"merging/methods/ties.py", "experiments/interference/vectors.py"} <= set(sources)
