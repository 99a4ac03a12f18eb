"""The first generation: eight fixed recipes, or those that the settings name."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.phases.evomerge.genome import (
    PAIRED,
    PARAMETERS,
    WEIGHTED,
    Genome,
    Pool,
    bounds_of,
    made,
    weight_name,
)

DEFAULTS = {"t": 0.5, "density": 0.2, "lambda": 1.0}


def first_generation(pool: Pool, seed: int) -> list[Genome]:
    """The eight recipes, for the first three models A, B and C where a recipe has a fixed number.

    Args:
        seed: of the masks of DARE.
    """
    a, b, c = pool.models[:3]
    descending = [0.5, 0.3, 0.2] + [0.0] * (len(pool.models) - 3)
    return [
        weighted("linear", pool.models),
        made("slerp", (a, b), {"t": 0.5}),
        weighted("ties", pool.models, density=0.2, scale=1.0),
        weighted("dare_linear", pool.models, density=0.1, scale=1.0, seed=seed),
        frankenmerge(pool, (a, b, c)),
        made("dfs", pool.models, {}),
        made("linear", pool.models, {weight_name(i): w for i, w in enumerate(descending)}),
        frankenmerge(pool, (a, b, b, a)),
    ]


def weighted(
    method: str, models: Sequence[str], *, density: float | None = None, scale: float = 1.0, seed: int = 0
) -> Genome:
    """A merge with equal weights that add up to one."""
    values = {weight_name(place): 1.0 / len(models) for place in range(len(models))}
    values |= {"density": density, "lambda": scale} if density is not None else {}
    return made(method, models, values, seed=seed)


def frankenmerge(pool: Pool, pattern: Sequence[str]) -> Genome:
    """Layers from the models of `pattern` in order, spread over the depth.

    Every member of the pattern gives at least one layer: a model of two layers becomes one of three under
    ABC and one of four under ABBA, a model of twelve keeps its depth.
    """
    depth = max(pool.num_layers, len(pattern))
    layers = [
        (pattern[place * len(pattern) // depth], place * pool.num_layers // depth) for place in range(depth)
    ]
    return made("passthrough", pool.models, {}, layers=layers)


def explicit(recipe: Mapping[str, Any], pool: Pool, seed: int) -> Genome:
    """A recipe of the settings as a genome; what it leaves out takes the first generation's value.

    Raises:
        ForgeError(validation): it names a model or a layer that is not there, or does not fit its models.
    """
    method = str(recipe["method"])
    models = tuple(recipe.get("models") or pool.models)
    _require_models(method, models, pool)
    layers = _layers(recipe, pool)
    if method == "passthrough" and not layers:
        raise _refusal("required", "A passthrough needs slices: which layers of which model.")
    values = {name: float(recipe.get(name, DEFAULTS[name])) for name in PARAMETERS[method]}
    if "drop" in recipe and "density" in values:
        values["density"] = 1.0 - float(recipe["drop"])
    if method in WEIGHTED:
        weights = recipe.get("weights") or [1.0 / len(models)] * len(models)
        if len(weights) != len(models):
            raise _refusal(
                "arity", f"{method} got {len(weights)} weights for {len(models)} models {list(models)}."
            )
        if recipe.get("normalize", method == "linear"):
            weights = _normalised(method, weights)
        values |= {weight_name(place): float(weight) for place, weight in enumerate(weights)}
    assert set(values) == set(bounds_of(method, len(models)))
    return made(method, models, values, layers=layers, seed=seed)


def _normalised(method: str, weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    if abs(total) < 1e-9:
        raise _refusal(
            "zero_weight_sum",
            f"The weights {list(weights)} of {method} add up to nothing and cannot be normalised;"
            " change one.",
        )
    return [weight / total for weight in weights]


def _layers(recipe: Mapping[str, Any], pool: Pool) -> list[tuple[str, int]]:
    layers: list[tuple[str, int]] = []
    for part in recipe.get("slices") or ():
        first, end = part["layers"]
        if part["model"] not in pool.models:
            raise _unknown(part["model"], pool)
        if not 0 <= first < end <= pool.num_layers:
            raise _refusal(
                "layer_range",
                f"Slice {first} to {end} of {part['model']} does not lie in a model of"
                f" {pool.num_layers} layers.",
            )
        layers += [(str(part["model"]), layer) for layer in range(first, end)]
    return layers


def _require_models(method: str, models: Sequence[str], pool: Pool) -> None:
    for model in models:
        if model not in pool.models:
            raise _unknown(model, pool)
    if len(set(models)) != len(models):
        raise _refusal("duplicate", f"{method} names a model twice: {list(models)}.")
    if method in PAIRED and len(models) != 2:
        raise _refusal("arity", f"{method} takes exactly two models, got {len(models)}: {list(models)}.")


def _unknown(model: object, pool: Pool) -> ForgeError:
    return _refusal(
        "not_found", f"There is no input model {model!r}; expected some of {', '.join(pool.models)}."
    )


def _refusal(code: str, message: str) -> ForgeError:
    return ForgeError("validation", f"{message} See config.evomerge.recipes.", {"code": code})
