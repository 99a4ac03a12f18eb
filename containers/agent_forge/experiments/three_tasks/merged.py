"""Merging models that are in memory, by the same code and files as phase 2."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from agent_forge.experiments.experiment import Settings
from agent_forge.experiments.three_tasks.tasks import LAYERS, TASKS
from agent_forge.merging.merge import merge
from agent_forge.merging.recipe import TINY_TITAN_LINEAR_ONLY, Recipe, Slice, SliceSource
from agent_forge.models.folder import load_model, save_model
from agent_forge.models.titan import TinyTitan

BASE = "base"
NO_TOKENIZER = "{}"  # the tasks' tokens are numbers
SETTINGS = ("lambda", "density", "rescale_by", "normalize")


def merged(models: Mapping[str, TinyTitan], recipes: Mapping[str, Recipe]) -> TinyTitan:
    """The last of one or more merges; a recipe may name the result of an earlier one.

    Args:
        models: by the names that the recipes use.
        recipes: by the name of what each makes.
    """
    with tempfile.TemporaryDirectory(prefix="forge-merge-") as room:
        folders = {name: Path(room) / name for name in (*models, *recipes)}
        for name, model in models.items():
            save_model(model, folders[name], NO_TOKENIZER)
        for name, recipe in recipes.items():
            merge(recipe, folders, folders[name])
        return load_model(folders[list(recipes)[-1]]).eval()


def recipes_of(settings: Settings) -> dict[str, Recipe]:
    """What an arm's settings say: `method`, its parameters, and `weight`, the same for each model.

    Methods for two models are applied twice, so that each of the three has a third of the way.
    """
    method = str(settings["method"])
    if method in ("slerp", "nuslerp"):
        return _chained(method)
    if method == "passthrough":
        sources = [SliceSource(model=TASKS[layer], layer_range=(layer, layer + 1)) for layer in range(LAYERS)]
        slices = tuple(Slice(sources=(source,)) for source in sources)
        return {"result": Recipe(method=method, models=TASKS[:LAYERS], slices=slices)}
    weights = {task: float(settings.get("weight", 1.0)) for task in TASKS}
    parameters = {name: settings[name] for name in SETTINGS if name in settings}
    return {"result": weighted(method, weights, parameters)}


def weighted(method: str, weights: Mapping[str, float], parameters: Settings) -> Recipe:
    """One merge of the three fine-tunes; gains are averaged whatever the method, as in phase 2."""
    donor = method in ("linear", "karcher", "dfs")  # these take no part of the base in
    unweighted = method in ("karcher", "dfs", "model_stock")
    return Recipe(
        method=method, models=TASKS, base=None if donor else BASE, parameters=parameters,
        per_model={} if unweighted else {task: {"weight": weight} for task, weight in weights.items()},
        linear_only=TINY_TITAN_LINEAR_ONLY,
    )  # fmt: skip


def _chained(method: str) -> dict[str, Recipe]:
    a, b, c = TASKS
    if method == "slerp":
        return {
            name: Recipe(
                method=method, models=(second,), base=first, parameters={"t": t},
                linear_only=TINY_TITAN_LINEAR_ONLY,
            )
            for name, first, second, t in (("half", a, b, 1 / 2), ("result", "half", c, 1 / 3))
        }  # fmt: skip
    return {
        name: Recipe(
            method=method, models=(first, second), base=BASE,
            per_model={first: {"weight": 1 - t}, second: {"weight": t}}, linear_only=TINY_TITAN_LINEAR_ONLY,
        )
        for name, first, second, t in (("half", a, b, 1 / 2), ("result", "half", c, 1 / 3))
    }  # fmt: skip
