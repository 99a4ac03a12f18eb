"""Merged folders beside a float64 recomputation of every deterministic method, element by element."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent_forge.merging.merge import merge
from agent_forge.merging.recipe import Recipe
from tests.support import merge_oracle as oracle
from tests.support.merge_oracle import Vector
from tests.support.toy_folders import Tensors, moved, read_model, titan_tensors, write_model

W = (0.2, 0.5, 0.8)
PER_MODEL = {name: {"weight": weight} for name, weight in zip("abc", W, strict=True)}
DENSE = {name: {**values, "density": 0.4} for name, values in PER_MODEL.items()}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A base and three fine-tunes whose task vectors have one direction in common."""
    root = tmp_path_factory.mktemp("models")
    base = titan_tensors(1)
    shared = moved(base, 2)
    written = {"base": base, **{name: moved(shared, seed) for seed, name in enumerate("abc", start=3)}}
    return {name: write_model(root / name, tensors) for name, tensors in written.items()}


def trimmed(models: Sequence[Vector], base: Vector) -> list[Vector]:
    return [oracle.keep_largest(m - base, max(1, int(0.4 * m.size))) for m in models]


def middle(models: Sequence[Vector], base: Vector) -> list[Vector]:
    return [oracle.keep_middle(m - base, 0.4, 0.1) for m in models]


Expected = Callable[[Vector, list[Vector]], Vector]
CASES: list[tuple[str, Recipe, Expected]] = [
    (
        "linear",
        Recipe(method="linear", models=("a", "b", "c"), per_model=PER_MODEL),
        lambda _base, m: oracle.linear(m, W),
    ),
    (
        "linear without normalisation",
        Recipe(method="linear", models=("a", "b"), parameters={"weight": 0.7, "normalize": False}),
        lambda _base, m: 0.7 * m[0] + 0.7 * m[1],
    ),
    (
        "slerp",
        Recipe(method="slerp", models=("a", "base"), base="base", parameters={"t": 0.3}),
        lambda base, m: oracle.arc(base, m[0], 0.3) if abs(_cosine(base, m[0])) < 0.9995 else (
            0.7 * base + 0.3 * m[0]
        ),
    ),
    (
        "nuslerp",
        Recipe(method="nuslerp", models=("a", "b"), per_model={k: PER_MODEL[k] for k in "ab"}),
        lambda _base, m: oracle.arc(m[0], m[1], 0.5 / 0.7) if m[0].size > 1 else m[0] * 2 / 7 + m[1] * 5 / 7,
    ),
    (
        "nuslerp of task vectors",
        Recipe(
            method="nuslerp", models=("a", "b"), base="base", per_model={k: PER_MODEL[k] for k in "ab"}
        ),
        lambda base, m: base + oracle.arc(m[0] - base, m[1] - base, 5 / 7)
        if m[0].size > 1
        else base + (m[0] - base) * 2 / 7 + (m[1] - base) * 5 / 7,
    ),
    (
        "karcher",
        Recipe(method="karcher", models=("a", "b", "c"), parameters={"tol": 1e-9, "max_iter": 100}),
        lambda _base, m: oracle.karcher(m),
    ),
    (
        "model stock",
        Recipe(method="model_stock", models=("a", "b", "c"), base="base"),
        oracle.model_stock,
    ),
    ("dfs", Recipe(method="dfs", models=("a", "b", "c")), lambda _base, m: oracle.dfs(m)),
    (
        "task arithmetic",
        Recipe(
            method="task_arithmetic", models=("a", "b", "c"), base="base", per_model=PER_MODEL,
            parameters={"lambda": 0.4},
        ),
        lambda base, m: oracle.sum_deltas(base, [x - base for x in m], W, 0.4, False),
    ),
    (
        "task arithmetic, normalised, with a negative weight",
        Recipe(
            method="task_arithmetic", models=("a", "b"), base="base",
            per_model={"a": {"weight": 1.5}, "b": {"weight": -0.5}}, parameters={"normalize": True},
        ),
        lambda base, m: oracle.sum_deltas(base, [x - base for x in m], (1.5, -0.5), 1.0, True),
    ),
    (
        "ties",
        Recipe(
            method="ties", models=("a", "b", "c"), base="base", per_model=DENSE, parameters={"lambda": 1.2}
        ),
        lambda base, m: oracle.elect(base, trimmed(m, base), W, 1.2, True),
    ),
    (
        "ties without normalisation",
        Recipe(
            method="ties", models=("a", "b", "c"), base="base", per_model=DENSE,
            parameters={"normalize": False},
        ),
        lambda base, m: oracle.elect(base, trimmed(m, base), W, 1.0, False),
    ),
    (
        "ties, rescaled",
        Recipe(
            method="ties", models=("a", "b", "c"), base="base", per_model=DENSE, parameters={"rescale": True}
        ),
        lambda base, m: oracle.elect(
            base,
            [t * np.abs(x - base).sum() / np.abs(t).sum() for x, t in zip(m, trimmed(m, base), strict=True)],
            W, 1.0, True,
        ),
    ),
    (
        "breadcrumbs",
        Recipe(
            method="breadcrumbs", models=("a", "b", "c"), base="base", per_model=DENSE,
            parameters={"gamma": 0.1},
        ),
        lambda base, m: oracle.sum_deltas(base, middle(m, base), W, 1.0, False),
    ),
    (
        "breadcrumbs with elected signs",
        Recipe(
            method="breadcrumbs_ties", models=("a", "b", "c"), base="base", per_model=DENSE,
            parameters={"gamma": 0.1},
        ),
        lambda base, m: oracle.elect(base, middle(m, base), W, 1.0, False),
    ),
    (
        "passthrough, scaled",
        Recipe(method="passthrough", models=("a",), parameters={"scale": 1.5}),
        lambda _base, m: 1.5 * m[0],
    ),
]  # fmt: skip


def _cosine(a: Vector, b: Vector) -> float:
    return float((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b)))


@pytest.mark.parametrize(("recipe", "expected"), [pytest.param(r, e, id=name) for name, r, e in CASES])
def test_a_method_equals_its_recomputation_in_float64(
    recipe: Recipe, expected: Expected, models: dict[str, Path], tmp_path: Path
) -> None:
    # given
    inputs = {name: _wide(read_model(folder)) for name, folder in models.items()}
    merged_names = [name for name in recipe.models if name != "base"]
    # when
    merge(recipe, models, tmp_path / "out")
    # then
    result = read_model(tmp_path / "out")
    assert result.keys() == inputs["base"].keys()
    for name, tensor in result.items():
        wanted = expected(inputs["base"][name], [inputs[model][name] for model in merged_names])
        np.testing.assert_allclose(tensor, wanted, rtol=0, atol=1e-6, err_msg=name)


def _wide(tensors: Tensors) -> dict[str, Any]:
    return {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
