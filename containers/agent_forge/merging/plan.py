"""From a recipe and opened models to what each tensor of the result is made of; all misfits in one message.

Nothing is written before a plan exists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent_forge.merging.dtypes import DTYPE_NAMES, ELEMENT_BYTES, FLOATS
from agent_forge.merging.linear_only import LINEAR_ONLY
from agent_forge.merging.methods.method import Method
from agent_forge.merging.methods.registry import METHODS
from agent_forge.merging.model_folder import ModelFolder, at_layer, layer_of
from agent_forge.merging.problems import Problem, refuse
from agent_forge.merging.recipe import Recipe, Slice, SliceSource
from agent_forge.merging.recipe_check import recipe_problems
from agent_forge.merging.settings import at_tensor
from agent_forge.merging.tensor_inputs import BLOCK, Source
from agent_forge.merging.vocabulary import vocabulary_problems

SHOWN = 20  # misfits that the message names
HEAD = "lm_head.weight"


@dataclass(frozen=True)
class TensorPlan:
    """One tensor of the result. `method` None copies the first source's bytes."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    method: Method | None
    sources: tuple[Source, ...]
    base: int | None
    settings: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.sources[0].tensor.size

    @property
    def bytes(self) -> int:
        """In the result's file."""
        return self.size * ELEMENT_BYTES[self.dtype]


@dataclass(frozen=True)
class MergePlan:
    """Every tensor of the result, in the order of their names."""

    recipe: Recipe
    tensors: tuple[TensorPlan, ...]
    num_layers: int

    @property
    def bytes(self) -> int:
        """Of all tensors."""
        return sum(tensor.bytes for tensor in self.tensors)

    @property
    def peak_bytes(self) -> int:
        """What the process needs at most, the interpreter included."""
        return STARTUP_BYTES + max((_tensor_bytes(tensor) for tensor in self.tensors), default=0)


STARTUP_BYTES = 64 << 20  # interpreter and numpy


def _tensor_bytes(plan: TensorPlan) -> int:
    """Buffers of all sources and intermediate ones, masks, and one tensor where a threshold is searched."""
    width = plan.shape[-1] if plan.shape else 1
    block = min(plan.size, max(BLOCK, width))
    buffers = (2 * len(plan.sources) + 8) * 4 * block + 16 * block
    masks = len(plan.sources) * plan.size // 8
    return buffers + masks + (8 * plan.size if plan.method is not None and plan.method.holds_tensor else 0)


@dataclass(frozen=True)
class _Origin:
    """Where a tensor of the result comes from: one layer of a slice's sources, or outside the layers."""

    name: str
    index: int  # of the slice
    offset: int | None  # layer within the slice; None outside
    t: float


def plan_merge(recipe: Recipe, models: Mapping[str, ModelFolder]) -> MergePlan:
    """Check everything and say what each tensor is made of.

    Args:
        recipe: what to do.
        models: every model of `recipe.all_models`, opened.

    Raises:
        ForgeError(validation): with all problems; the first one's `code` in the detail.
    """
    if faults := recipe_problems(recipe):
        raise refuse("The recipe cannot be followed.", faults)
    slices = _slices_of(recipe, models)
    if faults := [*_layer_problems(recipe, slices, models)]:
        raise refuse("The layers of the recipe do not exist.", faults)
    origins = sorted(_origins(slices, models), key=lambda origin: origin.name)
    misfits: list[str] = []
    problems: list[Problem] = []
    plans = []
    for origin in origins:
        plan = _plan_tensor(recipe, slices[origin.index], origin, models, misfits, problems)
        plans += [] if plan is None else [plan]
    unfit = [*vocabulary_problems(recipe, models), *([_misfit_problem(misfits)] if misfits else [])]
    if unfit:
        raise refuse("The models do not fit together.", unfit)
    if problems:
        raise refuse("The recipe cannot be followed.", _each_once(problems))
    return MergePlan(recipe, tuple(plans), sum(_length(each) for each in slices))


def _slices_of(recipe: Recipe, models: Mapping[str, ModelFolder]) -> tuple[Slice, ...]:
    """The recipe's slices; without any, one over all layers of all models, and the base if it takes part."""
    if recipe.slices is not None:
        return recipe.slices
    joins = METHODS[recipe.method].base in ("needed", "origin", "member")
    names = list(recipe.models)
    if joins and recipe.base is not None and recipe.base not in names:
        names.append(recipe.base)
    return (
        Slice(
            sources=tuple(
                SliceSource(
                    model=name,
                    layer_range=(0, models[name].num_layers),
                    parameters=recipe.per_model.get(name, {}),
                )
                for name in names
            )
        ),
    )


def _length(each: Slice) -> int:
    first, end = each.sources[0].layer_range
    return end - first


def _layer_problems(
    recipe: Recipe, slices: tuple[Slice, ...], models: Mapping[str, ModelFolder]
) -> Iterator[Problem]:
    for index, each in enumerate(slices):
        lengths = {source.layer_range[1] - source.layer_range[0] for source in each.sources}
        if recipe.slices is None:
            if len(lengths) > 1:
                counts = ", ".join(f"{source.model} {source.layer_range[1]}" for source in each.sources)
                message = f"models with different numbers of layers: {counts}"
                yield Problem(pointer="/models", code="incompatible_models", message=message)
            continue
        if len(lengths) > 1:
            message = "all sources of a slice have to give the same number of layers"
            yield Problem(pointer=f"/slices/{index}/sources", code="layer_range", message=message)
        for at, source in enumerate(each.sources):
            (first, end), has = source.layer_range, models[source.model].num_layers
            if not 0 <= first < end <= has:
                message = f"layers {first} to {end} of {source.model}; the model has {has}"
                yield Problem(
                    pointer=f"/slices/{index}/sources/{at}/layer_range",
                    code="layer_range",
                    message=message,
                    expected=f"0 <= first < end <= {has}",
                    got=f"[{first}, {end}]",
                )


def _origins(slices: tuple[Slice, ...], models: Mapping[str, ModelFolder]) -> Iterator[_Origin]:
    """Every tensor of the result: those of each layer, embeddings of the first slice, others of the last."""
    layer = 0
    for index, each in enumerate(slices):
        count = _length(each)
        for offset in range(count):
            names = {
                at_layer(name, layer)
                for source in each.sources
                for name in models[source.model].tensors
                if layer_of(name) == source.layer_range[0] + offset
            }
            t = offset / (count - 1) if count > 1 else 1.0
            yield from (_Origin(name, index, offset, t) for name in names)
            layer += 1
    outside = {
        name
        for index in (0, -1)
        for source in slices[index].sources
        for name in models[source.model].tensors
        if layer_of(name) is None
    }
    for name in outside:
        yield _Origin(name, 0 if "embed" in name else len(slices) - 1, None, 0.0)


def _plan_tensor(
    recipe: Recipe,
    each: Slice,
    origin: _Origin,
    models: Mapping[str, ModelFolder],
    misfits: list[str],
    problems: list[Problem],
) -> TensorPlan | None:
    method = METHODS[recipe.method]
    base_name = each.base or recipe.base
    names = _names_in(each, origin)
    found = {model: models[model].tensors.get(name) for model, name in names.items()}
    if origin.name == HEAD and None in found.values() and _tied(names, models):
        return None
    if misfit := _misfit(origin.name, found):
        misfits.append(misfit)
        return None
    sources, missing = [], []
    for source in each.sources:
        model, tensor = models[source.model], found[source.model]
        assert tensor is not None
        apart = source.model == base_name and method.base in ("needed", "origin", "member")
        values = {}
        for parameter in method.parameters:
            if parameter.per_model:
                value = _value(parameter.name, names[source.model], origin.t, recipe, each, source)
                if value is None and parameter.required and not apart:
                    missing.append(f"{parameter.name} of {source.model}")
                values[parameter.name] = parameter.default if value is None else value
        sources.append(Source(model, tensor, values))
    settings = {}
    for parameter in method.parameters:
        if not parameter.per_model:
            value = _value(parameter.name, origin.name, origin.t, recipe, each, None)
            if value is None and parameter.required:
                missing.append(parameter.name)
            settings[parameter.name] = parameter.default if value is None else value
    apart = method.base in ("needed", "origin")
    base = next((i for i, s in enumerate(sources) if apart and s.model.name == base_name), None)
    if missing:
        message = f"{method.name} needs {', '.join(missing)}; nothing gives it for {origin.name}"
        problems.append(Problem(pointer="/parameters", code="required", message=message))
        return None
    merged = [source.values for index, source in enumerate(sources) if index != base]
    if method.check is not None and (wrong := method.check(settings, merged)):
        problems.append(Problem(pointer="/parameters", code=wrong[0], message=f"{wrong[1]} ({origin.name})"))
        return None
    return _finished(recipe, method, origin.name, tuple(sources), base, settings, misfits)


def _finished(
    recipe: Recipe,
    method: Method,
    name: str,
    sources: tuple[Source, ...],
    base: int | None,
    settings: Mapping[str, Any],
    misfits: list[str],
) -> TensorPlan | None:
    """The plan of a tensor whose sources fit: copied, averaged or merged."""
    donor = next((s for s in sources if s.model.name == recipe.donor), sources[0])
    shape, dtype = donor.tensor.shape, donor.tensor.dtype
    if dtype not in FLOATS:
        if len({_content(source) for source in sources}) > 1:
            misfits.append(f"{name}: {dtype} values that differ cannot be merged")
        return TensorPlan(name, shape, dtype, None, sources, None, settings)
    wanted = DTYPE_NAMES[recipe.dtype] if recipe.dtype else dtype
    unscaled = sources[0].values.get("scale") in (None, 1)
    if method.base == "refused" and wanted == dtype and unscaled:
        return TensorPlan(name, shape, dtype, None, sources, None, settings)
    averaged = method.base != "refused" and any(part in name for part in recipe.linear_only)
    return TensorPlan(name, shape, wanted, LINEAR_ONLY if averaged else method, sources, base, settings)


def _content(source: Source) -> bytes:
    import numpy as np

    raw = np.empty(source.tensor.size * ELEMENT_BYTES[source.tensor.dtype], dtype=np.uint8)
    source.model.read_bytes(source.tensor, 0, raw)
    return raw.tobytes()


def _names_in(each: Slice, origin: _Origin) -> dict[str, str]:
    """What the tensor is called in each source."""
    if origin.offset is None:
        return {source.model: origin.name for source in each.sources}
    return {
        source.model: at_layer(origin.name, source.layer_range[0] + origin.offset) for source in each.sources
    }


def _value(
    parameter: str, tensor: str, t: float, recipe: Recipe, each: Slice, source: SliceSource | None
) -> Any:
    """The innermost place that says something: the source, its slice, the whole recipe."""
    for place in ([] if source is None else [source.parameters]) + [each.parameters, recipe.parameters]:
        if parameter in place and (value := at_tensor(place[parameter], tensor, t)) is not None:
            return value
    return None


def _tied(names: Mapping[str, str], models: Mapping[str, ModelFolder]) -> bool:
    return all(models[name].config.get("tie_word_embeddings") is True for name in names)


def _misfit(name: str, found: Mapping[str, Any]) -> str | None:
    """How the sources' tensors differ; None when they do not."""
    shapes = {model: None if tensor is None else tensor.shape for model, tensor in found.items()}
    kinds = {tensor.dtype in FLOATS for tensor in found.values() if tensor is not None}
    if len(set(shapes.values())) == 1 and len(kinds) == 1:
        return None
    told = [
        f"{model} {'has none' if tensor is None else f'{list(tensor.shape)} {tensor.dtype}'}"
        for model, tensor in found.items()
    ]
    return f"{name}: {', '.join(told)}"


def _misfit_problem(misfits: list[str]) -> Problem:
    count = len(misfits)
    head = f"{count} tensor{'' if count == 1 else 's'} differ{'s' if count == 1 else ''}"
    shown = f", the first {SHOWN}" if count > SHOWN else ""
    listed = "".join(f"\n  {misfit}" for misfit in misfits[:SHOWN])
    return Problem(pointer="/models", code="incompatible_models", message=f"{head}{shown}:{listed}")


def _each_once(problems: list[Problem]) -> list[Problem]:
    """The same fault at a hundred tensors is one fault: the first of each kind."""
    return list({problem.code: problem for problem in reversed(problems)}.values())
