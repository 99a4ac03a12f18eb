"""Whether a recipe makes sense before a model is opened: method, number of models, parameters, bounds."""

from collections.abc import Iterator, Mapping
from typing import Any

from agent_forge.merging.methods.method import Method
from agent_forge.merging.methods.registry import METHODS
from agent_forge.merging.problems import Problem, unknown
from agent_forge.merging.recipe import Recipe
from agent_forge.merging.settings import is_well_formed, scalars


def recipe_problems(recipe: Recipe) -> list[Problem]:
    """All of them, each with its pointer into the recipe's document."""
    method = METHODS.get(recipe.method)
    if method is None:
        return [unknown("/merge_method", "method", recipe.method, METHODS)]
    problems = [
        *_base_problems(recipe, method),
        *_arity_problems(recipe, method),
        *(
            problem
            for pointer, parameters in parameter_places(recipe)
            for problem in _parameter_problems(method, pointer, parameters)
        ),
    ]
    return problems


def parameter_places(recipe: Recipe) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every map of parameters in the recipe's document, with its pointer."""
    yield "/parameters", recipe.parameters
    for index, name in enumerate(recipe.models if recipe.slices is None else ()):
        yield f"/models/{index}/parameters", recipe.per_model.get(name, {})
    for index, each in enumerate(recipe.slices or ()):
        yield f"/slices/{index}/parameters", each.parameters
        for at, source in enumerate(each.sources):
            yield f"/slices/{index}/sources/{at}/parameters", source.parameters


def _base_problems(recipe: Recipe, method: Method) -> Iterator[Problem]:
    bases = [recipe.base, *(each.base for each in recipe.slices or ())]
    if method.base == "needed" and recipe.base is None and not all(bases[1:] or [None]):
        message = f"{method.name} needs base_model, the model that the others are compared with"
        yield Problem(pointer="/base_model", code="base_required", message=message)
    if method.base == "refused" and any(bases):
        message = f"{method.name} copies layers; leave base_model out"
        yield Problem(pointer="/base_model", code="base_refused", message=message)
    merged = recipe.models if recipe.slices is None else ()
    if method.base == "origin" and recipe.base in merged:
        message = f"{method.name} merges two models; its base_model has to be a third one"
        yield Problem(pointer="/base_model", code="arity", message=message)


def _arity_problems(recipe: Recipe, method: Method) -> Iterator[Problem]:
    if recipe.slices is None:
        yield from _arity(method, "/models", recipe.models, recipe.base)
    for index, each in enumerate(recipe.slices or ()):
        names = tuple(source.model for source in each.sources)
        pointer = f"/slices/{index}/sources"
        base = each.base or recipe.base
        if len(set(names)) < len(names):
            yield Problem(pointer=pointer, code="duplicate", message="one model stands twice in this slice")
        yield from _arity(method, pointer, names, base)
        if method.base in ("needed", "origin") and base is not None and base not in names:
            message = f"the base {base} has to be among the sources, to say which of its layers are meant"
            yield Problem(pointer=pointer, code="base_required", message=message)


def _arity(method: Method, pointer: str, names: tuple[str, ...], base: str | None) -> Iterator[Problem]:
    apart = method.base in ("needed", "origin")
    count = len([name for name in names if not apart or name != base])
    fewest, most = method.models
    if fewest <= count and (most is None or count <= most):
        return
    wanted = (
        str(fewest) if fewest == most else f"at least {fewest}" if most is None else f"{fewest} to {most}"
    )
    beside = " besides the base" if apart and base is not None else ""
    yield Problem(
        pointer=pointer,
        code="arity",
        message=f"{method.name} merges {wanted} model{'' if wanted == '1' else 's'}{beside}; got {count}",
        expected=wanted,
        got=str(count),
    )


def _parameter_problems(method: Method, pointer: str, parameters: Mapping[str, Any]) -> Iterator[Problem]:
    for name, setting in parameters.items():
        at = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
        parameter = method.parameter(str(name))
        if parameter is None:
            yield unknown(at, "parameter", str(name), [each.name for each in method.parameters])
        elif ("/sources/" in pointer + "/" and not parameter.per_model) or (
            pointer.startswith("/models/") and not parameter.per_model
        ):
            message = f"{name} holds for all models; move it to the parameters of the whole merge"
            yield Problem(pointer=at, code="not_per_model", message=message)
        elif not is_well_formed(setting):
            message = (
                f"expected {parameter.expected}, a list of numbers over the layers, or {{filter, value}}"
            )
            yield Problem(pointer=at, code="invalid_type", message=message, got=repr(setting)[:60])
        else:
            for place, value in scalars(setting, at):
                if not parameter.accepts(value):
                    numeric = isinstance(value, int | float) and not isinstance(value, bool)
                    yield Problem(
                        pointer=place,
                        code="out_of_range" if numeric and parameter.kind == "number" else "invalid_type",
                        message=f"{name} is {value!r}; expected {parameter.expected}",
                        expected=parameter.expected,
                        got=repr(value),
                    )
