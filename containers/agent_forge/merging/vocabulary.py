"""Whether models mean the same token by the same row: merging different vocabularies makes garbage."""

import json
from collections.abc import Mapping
from typing import Any

from agent_forge.merging.model_folder import ModelFolder, read_object
from agent_forge.merging.problems import Problem
from agent_forge.merging.recipe import Recipe
from agent_forge.model_files import TOKENIZER


def vocabulary_problems(recipe: Recipe, models: Mapping[str, ModelFolder]) -> list[Problem]:
    """At most one, for all models whose tokens differ from the donor's; those without tokenizer.json pass."""
    if recipe.vocabulary == "by_position":
        return []
    documents = {
        name: (model.folder / TOKENIZER).read_bytes()
        for name, model in models.items()
        if (model.folder / TOKENIZER).is_file()
    }
    if recipe.donor not in documents or len(set(documents.values())) == 1:
        return []
    expected = _tokens(models[recipe.donor])
    different = []
    for name in documents:
        tokens = _tokens(models[name])
        if tokens != expected:
            wrong = {t for t in expected.keys() | tokens.keys() if expected.get(t) != tokens.get(t)}
            different.append(f"{name} ({len(wrong)} tokens, such as {json.dumps(min(wrong))})")
    if not different:
        return []
    return [
        Problem(
            pointer="/tokenizer_source"
            if recipe.tokenizer
            else "/base_model"
            if recipe.base
            else "/models/0",
            code="vocab_mismatch",
            message=(
                f"the vocabulary of {recipe.donor} is not that of {', '.join(different)}; train on one,"
                " or set forge.vocabulary: by_position to merge rows by their number and take the first's"
                " tokenizer"
            ),
        )
    ]


def _tokens(model: ModelFolder) -> dict[str, int]:
    """Token to row, added tokens included."""
    document = read_object(model.folder / TOKENIZER, model.name)
    vocabulary: Any = document.get("model", {}).get("vocab", {})
    if isinstance(vocabulary, list):  # unigram models list [token, score]
        vocabulary = {entry[0]: row for row, entry in enumerate(vocabulary)}
    added = {entry["content"]: entry["id"] for entry in document.get("added_tokens", [])}
    return {**vocabulary, **added}
