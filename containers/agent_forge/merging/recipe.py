"""What to merge and how: a value whose JSON form is a mergekit configuration, our own keys below `forge`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_forge.merging.problems import refuse

# Tensors of TinyTitan that a merge of task vectors should not trim: gains, the halting head and its step
# embedding, the memory's gates, convolution, first state and persistent tokens. They are few and each one
# acts on everything (models/titan.py, models/act.py, models/memory.py).
TINY_TITAN_LINEAR_ONLY = (
    "norm.weight",
    "act.",
    "ltm.gates.",
    "ltm.gate.",
    "ltm.conv",
    "ltm.initial.",
    "ltm.persistent",
)


@dataclass(frozen=True, kw_only=True)
class SliceSource:
    """Layers of one model, from `layer_range[0]` up to but not including `layer_range[1]`."""

    model: str
    layer_range: tuple[int, int]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Consecutive layers of the result, merged from as many layers of each source."""

    sources: tuple[SliceSource, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    base: str | None = None  # another base than the recipe's


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One merge.

    Args:
        method: a name of the registry.
        models: names of the models in order; with slices those that the slices name.
        base: the model that task vectors start from, or that a method treats apart; None without one.
        parameters: settings for all models, each a scalar, gradient or list of {value, filter}.
        per_model: settings of single models by name.
        slices: layers of the result; None merges all layers of all models.
        dtype: of the result, `float32` for example; None keeps the base's (or first model's).
        tokenizer: `base` or `union`, both of which need equal vocabularies; None copies the base's as it is.
        seed: of random masks, 0 and up.
        linear_only: parts of tensor names that are averaged whatever the method.
        vocabulary: `equal` refuses models whose tokenizers differ; `by_position` merges their rows all the
        same.
    """

    method: str
    models: tuple[str, ...]
    base: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    per_model: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    slices: tuple[Slice, ...] | None = None
    dtype: str | None = None
    tokenizer: str | None = None
    seed: int = 0
    linear_only: tuple[str, ...] = ()
    vocabulary: str = "equal"

    @property
    def donor(self) -> str:
        """The model whose configuration, tokenizer and types the result takes."""
        return self.base or self.models[0]

    @property
    def all_models(self) -> tuple[str, ...]:
        """Every model that has to be read, each once."""
        extra = [self.base, *(each.base for each in self.slices or ())]
        return tuple(dict.fromkeys([*self.models, *(name for name in extra if name is not None)]))

    def to_json(self) -> dict[str, Any]:
        """The document, as `from_json` reads it."""
        own = {"seed": self.seed, "linear_only": list(self.linear_only), "vocabulary": self.vocabulary}
        if self.slices is None:
            body: dict[str, Any] = {
                "models": [
                    _with_parameters({"model": name}, self.per_model.get(name, {})) for name in self.models
                ]
            }
        else:
            body = {"slices": [_slice_to_json(each) for each in self.slices]}
        optional = {"base_model": self.base, "dtype": self.dtype, "tokenizer_source": self.tokenizer}
        return {
            "merge_method": self.method,
            **body,
            **{key: value for key, value in optional.items() if value is not None},
            **({"parameters": dict(self.parameters)} if self.parameters else {}),
            "forge": own,
        }

    @staticmethod
    def from_json(document: Any) -> "Recipe":
        """Read a recipe's document: mergekit's keys, and ours below `forge`.

        Raises:
            ForgeError(validation): with all problems of the document, each with its JSON pointer.
        """
        from agent_forge.merging.recipe_document import read_document

        recipe, problems = read_document(document)
        if recipe is None or problems:
            raise refuse("The recipe cannot be read.", problems)
        return recipe


def _with_parameters(document: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {**document, "parameters": dict(parameters)} if parameters else document


def _slice_to_json(each: Slice) -> dict[str, Any]:
    sources = [
        _with_parameters({"model": source.model, "layer_range": list(source.layer_range)}, source.parameters)
        for source in each.sources
    ]
    document = _with_parameters({"sources": sources}, each.parameters)
    return document if each.base is None else {**document, "base_model": each.base}


def names_of(slices: Sequence[Slice]) -> tuple[str, ...]:
    """The models that slices name, each once."""
    return tuple(dict.fromkeys(source.model for each in slices for source in each.sources))
