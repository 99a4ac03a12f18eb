"""A genome as a merge: its recipe, and the merged model's folder."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from agent_forge.merging.merge import merge, open_models
from agent_forge.merging.plan import plan_merge
from agent_forge.merging.recipe import TINY_TITAN_LINEAR_ONLY, Recipe, Slice, SliceSource
from agent_forge.models.folder import CONFIG, read_config, weights_hash
from agent_forge.phases.evomerge.genome import MASKED, WEIGHTED, Genome, weight_name

DONOR = frozenset({"linear", "karcher", "dfs", "passthrough"})  # methods that take no part of the base in


def recipe_of(genome: Genome, base: str) -> Recipe:
    """The recipe that merges what the genome says.

    Gains, halting head and the memory's gates are averaged whatever the method: they are few, each acts on
    everything, and trimming them would break the model rather than thin it.

    Args:
        base: name of the common base.
    """
    values = genome.values
    if genome.method == "passthrough":
        return Recipe(method="passthrough", models=genome.models, slices=_slices(genome.layers))
    per_model: dict[str, dict[str, Any]] = {}
    if genome.method in WEIGHTED:
        for place, model in enumerate(genome.models):
            per_model[model] = {"weight": values[weight_name(place)]}
    if genome.method == "slerp":
        # The first of the two stands where the method expects a base: it is what t = 0 gives.
        first, second = genome.models
        return Recipe(
            method="slerp", models=(second,), base=first, parameters={"t": values["t"]},
            linear_only=TINY_TITAN_LINEAR_ONLY,
        )  # fmt: skip
    parameters: dict[str, Any] = {name: values[name] for name in ("density", "lambda") if name in values}
    if genome.method in MASKED:
        parameters["rescale_by"] = "probability"
    return Recipe(
        method=genome.method, models=genome.models, base=None if genome.method in DONOR else base,
        parameters=parameters, per_model=per_model, seed=genome.seed, linear_only=TINY_TITAN_LINEAR_ONLY,
    )  # fmt: skip


def require_mergeable(genomes: Sequence[Genome], folders: Mapping[str, Path], base: str) -> None:
    """Plan every merge of the first generation, so that one that cannot be done is refused before any is.

    Raises:
        ForgeError(validation): with `code` and `problems`: models that do not fit, layers that are not there.
    """
    for genome in genomes:
        recipe = recipe_of(genome, base)
        models = open_models(recipe, folders)
        try:
            plan_merge(recipe, models)
        finally:
            for model in models.values():
                model.close()


def write_merged(genome: Genome, folders: Mapping[str, Path], base: str, out: Path) -> None:
    """Merge into a new folder and write the lineage into its config.json.

    Args:
        folders: of all input models by name, the base among them.
        base: its name.
        out: the folder; it must not exist.
    """
    merge(recipe_of(genome, base), folders, out)
    parents = [weights_hash(folders[model]) for model in genome.models]
    held_out_every = read_config(folders[base]).lineage.held_out_every
    config = read_config(out).with_lineage(
        base_hash=weights_hash(folders[base]), parents=tuple(parents), phase="evomerge",
        held_out_every=held_out_every,
    )  # fmt: skip
    text = json.dumps(config.to_json(), indent=2, sort_keys=True) + "\n"
    (out / CONFIG).write_text(text, encoding="utf-8")


def _slices(layers: Sequence[tuple[str, int]]) -> tuple[Slice, ...]:
    """Runs of neighbouring layers of one model, as few as there can be."""
    starts = [0] + [
        place + 1
        for place, ((model, layer), (following, at)) in enumerate(pairwise(layers))
        if following != model or at != layer + 1
    ]
    slices = []
    for start, end in pairwise([*starts, len(layers)]):
        model, first = layers[start]
        source = SliceSource(model=model, layer_range=(first, first + end - start))
        slices.append(Slice(sources=(source,)))
    return tuple(slices)
