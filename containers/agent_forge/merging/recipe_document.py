"""From a document, mergekit's configuration or a recipe's JSON form, to a Recipe; all faults at once."""

from collections.abc import Mapping
from typing import Any

from agent_forge.merging.dtypes import DTYPE_NAMES
from agent_forge.merging.problems import Problem, unknown
from agent_forge.merging.recipe import Recipe, Slice, SliceSource, names_of

# mergekit's keys that are not done here, and why or what to do instead.
NOT_SUPPORTED = {
    "modules": "models of several modules are not merged here; merge each folder on its own",
    "tokenizer": "building a tokenizer is not done here; use tokenizer_source: base with equal vocabularies",
    "chat_template": "chat templates are copied with the tokenizer, not set",
    "residual_weight": "it has no effect in mergekit; leave it out",
}
KEYS = (
    "merge_method", "models", "slices", "base_model", "parameters", "dtype", "out_dtype", "tokenizer_source",
    "name", "forge",
)  # fmt: skip
OWN_KEYS = ("seed", "linear_only", "vocabulary")
MAX_SEED = 2**53 - 1


class _Reader:
    """Collects problems while it reads."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, pointer: str, expected: str, got: Any, code: str = "invalid_type") -> None:
        self.problems.append(
            Problem(
                pointer=pointer,
                code="required" if got is None else code,
                message=f"expected {expected}" if got is not None else f"missing; expected {expected}",
                expected=expected,
                got=None if got is None else _brief(got),
            )
        )

    def keys(self, value: Mapping[str, Any], pointer: str, known: tuple[str, ...]) -> None:
        for key in value:
            if key in NOT_SUPPORTED and key not in known:
                self.problems.append(
                    Problem(
                        pointer=f"{pointer}/{_escaped(key)}",
                        code="not_supported",
                        message=f"{key} is not supported: {NOT_SUPPORTED[key]}",
                    )
                )
            elif key not in known:
                self.problems.append(unknown(f"{pointer}/{_escaped(key)}", "key", str(key), known))

    def text(self, value: Any, pointer: str, expected: str) -> str | None:
        if isinstance(value, str) and value:
            return value
        self.wrong(pointer, expected, value)
        return None

    def model(self, value: Any, pointer: str) -> str | None:
        """A model's name: a folder, or a name that the caller has a folder for."""
        if isinstance(value, Mapping):
            value = value.get("model", {}).get("path") if isinstance(value.get("model"), Mapping) else value
        name = self.text(value, pointer, "the name or folder of a model")
        if name is not None and "+" in name:
            self.problems.append(
                Problem(
                    pointer=pointer,
                    code="not_supported",
                    message=f"{name}: adapters (model+lora) are not supported; fold them into their model",
                )
            )
        return name

    def parameters(self, value: Any, pointer: str) -> Mapping[str, Any]:
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.wrong(pointer, "a map of parameters", value)
        return {}

    def entries(self, value: Any, pointer: str, expected: str) -> list[tuple[Mapping[str, Any], str]]:
        if not isinstance(value, list) or not value:
            self.wrong(pointer, expected, value)
            return []
        found = []
        for index, each in enumerate(value):
            if isinstance(each, Mapping):
                found.append((each, f"{pointer}/{index}"))
            else:
                self.wrong(f"{pointer}/{index}", "a map", each)
        return found


def read_document(document: Any) -> tuple[Recipe | None, list[Problem]]:
    """The recipe and what is wrong with its form; without a recipe when nothing can be made of it."""
    reader = _Reader()
    if not isinstance(document, Mapping):
        reader.wrong("", "a map with merge_method and models or slices", document)
        return None, reader.problems
    reader.keys(document, "", KEYS)
    method = reader.text(document.get("merge_method"), "/merge_method", "the name of a merge method")
    models, per_model = _models(reader, document)
    slices = _slices(reader, document)
    base = document.get("base_model")
    own = _own(reader, document.get("forge"))
    recipe = Recipe(
        method=method or "",
        models=models if slices is None else names_of(slices),
        base=None if base is None else reader.model(base, "/base_model"),
        parameters=reader.parameters(document.get("parameters"), "/parameters"),
        per_model=per_model,
        slices=slices,
        dtype=_dtype(reader, document),
        tokenizer=_tokenizer(reader, document.get("tokenizer_source")),
        **own,
    )
    return recipe, reader.problems


def _models(
    reader: _Reader, document: Mapping[str, Any]
) -> tuple[tuple[str, ...], dict[str, Mapping[str, Any]]]:
    given = [key for key in ("models", "slices") if document.get(key) is not None]
    if len(given) != 1:
        got = None if not given else " and ".join(given)
        reader.wrong("", "either models or slices", got, code="either_or")
        return (), {}
    if given == ["slices"]:
        return (), {}
    names: list[str] = []
    per_model: dict[str, Mapping[str, Any]] = {}
    for entry, pointer in reader.entries(document["models"], "/models", "a list of {model, parameters}"):
        reader.keys(entry, pointer, ("model", "parameters"))
        name = reader.model(entry.get("model"), f"{pointer}/model")
        if name is None:
            continue
        if name in names:
            message = f"{name} stands twice; give it once, with the sum of the weights"
            reader.problems.append(Problem(pointer=f"{pointer}/model", code="duplicate", message=message))
        names.append(name)
        per_model[name] = reader.parameters(entry.get("parameters"), f"{pointer}/parameters")
    return tuple(names), {name: values for name, values in per_model.items() if values}


def _slices(reader: _Reader, document: Mapping[str, Any]) -> tuple[Slice, ...] | None:
    if document.get("slices") is None:
        return None
    slices = []
    for entry, pointer in reader.entries(document["slices"], "/slices", "a list of {sources}"):
        reader.keys(entry, pointer, ("sources", "parameters", "base_model"))
        sources = []
        listed = reader.entries(
            entry.get("sources"), f"{pointer}/sources", "a list of {model, layer_range, parameters}"
        )
        for source, at in listed:
            reader.keys(source, at, ("model", "layer_range", "parameters"))
            name = reader.model(source.get("model"), f"{at}/model")
            layers = _layer_range(reader, source.get("layer_range"), f"{at}/layer_range")
            values = reader.parameters(source.get("parameters"), f"{at}/parameters")
            if name is not None and layers is not None:
                sources.append(SliceSource(model=name, layer_range=layers, parameters=values))
        base = entry.get("base_model")
        slices.append(
            Slice(
                sources=tuple(sources),
                parameters=reader.parameters(entry.get("parameters"), f"{pointer}/parameters"),
                base=None if base is None else reader.model(base, f"{pointer}/base_model"),
            )
        )
    return tuple(slices)


def _layer_range(reader: _Reader, value: Any, pointer: str) -> tuple[int, int] | None:
    whole = isinstance(value, list) and all(
        isinstance(each, int) and not isinstance(each, bool) for each in value
    )
    if not whole or len(value) != 2:
        reader.wrong(pointer, "[first, end] with whole numbers", value, code="layer_range")
        return None
    return value[0], value[1]


def _dtype(reader: _Reader, document: Mapping[str, Any]) -> str | None:
    for key in ("out_dtype", "dtype"):
        value = document.get(key)
        if value is not None and value not in DTYPE_NAMES:
            reader.wrong(f"/{key}", f"one of {', '.join(DTYPE_NAMES)}", value, code="unknown_dtype")
    return document.get("out_dtype") or document.get("dtype")


def _tokenizer(reader: _Reader, value: Any) -> str | None:
    if value is None or value in ("base", "union"):
        return value
    reader.wrong("/tokenizer_source", "base or union", value, code="not_supported")
    return None


def _own(reader: _Reader, value: Any) -> dict[str, Any]:
    """Our own keys."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        reader.wrong("/forge", f"a map of {', '.join(OWN_KEYS)}", value)
        return {}
    reader.keys(value, "/forge", OWN_KEYS)
    own: dict[str, Any] = {}
    if (seed := value.get("seed")) is not None:
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
            reader.wrong("/forge/seed", f"a whole number from 0 to {MAX_SEED}", seed, code="out_of_range")
        else:
            own["seed"] = seed
    if (patterns := value.get("linear_only")) is not None:
        if isinstance(patterns, list) and all(isinstance(each, str) and each for each in patterns):
            own["linear_only"] = tuple(patterns)
        else:
            reader.wrong("/forge/linear_only", "a list of parts of tensor names", patterns)
    if (vocabulary := value.get("vocabulary")) is not None:
        if vocabulary in ("equal", "by_position"):
            own["vocabulary"] = vocabulary
        else:
            reader.wrong("/forge/vocabulary", "equal or by_position", vocabulary, code="unknown_value")
    return own


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _escaped(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
