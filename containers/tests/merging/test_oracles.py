"""What holds for merges whatever the numbers: identity, symmetry, ends, norms, means; nothing vanishes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent_forge.merging.merge import merge
from agent_forge.merging.methods.method import Method
from agent_forge.merging.methods.registry import METHODS
from agent_forge.merging.recipe import Recipe
from tests.support.toy_folders import Tensors, moved, read_model, titan_tensors, write_model

Run = Callable[[Recipe, Mapping[str, Tensors]], Tensors]
TWO_MODELS = {"slerp", "nuslerp"}
SYMMETRIC = sorted(
    set(METHODS) - {"slerp", "nuslerp", "passthrough", "dare_linear", "dare_ties", "della", "della_linear"}
)
SPARSE = sorted(name for name, method in METHODS.items() if method.parameter("density") is not None)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Merges models that are given as tensors."""

    def merged(recipe: Recipe, models: Mapping[str, Tensors]) -> Tensors:
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        folders = {name: write_model(place / name, tensors) for name, tensors in models.items()}
        merge(recipe, folders, place / "out")
        return read_model(place / "out")

    return merged


def recipe_of(method: Method, names: str, **parameters: Any) -> Recipe:
    """A recipe that gives every model an equal share."""
    if method.name == "slerp":
        return Recipe(method="slerp", models=("base", "a"), base="base", parameters={"t": 0.4, **parameters})
    if method.name == "passthrough":
        return Recipe(method="passthrough", models=("a",))
    if method.parameter("weight") is not None:
        parameters = {"weight": 1 / len(names), **parameters}
    base = "base" if method.base == "needed" else None
    return Recipe(method=method.name, models=tuple(names), base=base, parameters=parameters)


def close(found: Tensors, wanted: Mapping[str, Any], atol: float = 1e-6) -> None:
    assert found.keys() == wanted.keys()
    for name, tensor in found.items():
        np.testing.assert_allclose(tensor, wanted[name], rtol=1e-6, atol=atol, err_msg=name)


@pytest.mark.parametrize("name", METHODS)
def test_merging_a_model_with_itself_returns_it(name: str, run: Run) -> None:
    model = titan_tensors(1)
    names = "ab" if name in TWO_MODELS else "abc"
    found = run(recipe_of(METHODS[name], names), {"base": model, "a": model, "b": model, "c": model})
    close(found, model)


@pytest.mark.parametrize("name", sorted(n for n, m in METHODS.items() if m.base == "needed" and n != "slerp"))
def test_merging_equal_fine_tunes_of_another_base_returns_the_fine_tune(name: str, run: Run) -> None:
    base = titan_tensors(1)
    tuned = moved(base, 2, size=0.1)
    weights = {"normalize": True} if METHODS[name].parameter("normalize") else {}
    found = run(recipe_of(METHODS[name], "ab", **weights), {"base": base, "a": tuned, "b": tuned})
    close(found, tuned)


@pytest.mark.parametrize("name", SYMMETRIC)
def test_the_order_of_the_models_does_not_matter(name: str, run: Run) -> None:
    base = titan_tensors(1)
    models = {"base": base, **{each: moved(base, seed) for seed, each in enumerate("abc", 2)}}
    density = {"density": 0.5} if name in SPARSE else {}
    first, second = (run(recipe_of(METHODS[name], order, **density), models) for order in ("abc", "cab"))
    close(first, second)


def test_slerp_starts_at_the_base_and_ends_at_the_other_model(run: Run) -> None:
    models = {"base": titan_tensors(1), "a": titan_tensors(2)}
    for t, end in ((0, "base"), (1, "a")):
        close(run(recipe_of(METHODS["slerp"], "a", t=t), models), models[end], atol=0)


def test_slerp_keeps_the_norm_of_orthogonal_tensors_where_the_mean_shortens_it(run: Run) -> None:
    first = {"x": np.array([3, 0, 0, 4], dtype=np.float32)}
    second = {"x": np.array([0, 3, 4, 0], dtype=np.float32)}
    models = {"base": first, "a": second, "b": first}
    for t in (0.25, 0.5, 0.9):
        found = run(recipe_of(METHODS["slerp"], "a", t=t), models)
        assert np.linalg.norm(found["x"]) == pytest.approx(5, abs=1e-5)
    mean = run(recipe_of(METHODS["linear"], "ab"), models)
    assert np.linalg.norm(mean["x"]) == pytest.approx(5 / np.sqrt(2), abs=1e-5)


@pytest.mark.parametrize("name", ["slerp", "nuslerp"])
def test_opposite_tensors_do_not_cancel_out(name: str, run: Run) -> None:
    tensor = np.linspace(1, 2, 500, dtype=np.float32)
    models = {"base": {"x": tensor}, "a": {"x": -tensor}, "b": {"x": tensor}}
    found = run(recipe_of(METHODS[name], "ab"), models)
    assert np.linalg.norm(found["x"]) == pytest.approx(np.linalg.norm(tensor), rel=1e-5)


def test_model_stock_never_leaves_the_line_between_base_and_mean(run: Run) -> None:
    base = np.zeros(64, dtype=np.float32)
    tuned = np.random.default_rng(3).normal(size=64).astype(np.float32)
    other = (-0.45 * tuned + np.roll(tuned, 1)).astype(np.float32) - tuned
    models = {"base": {"x": base}, "a": {"x": tuned}, "b": {"x": other}}
    found = run(recipe_of(METHODS["model_stock"], "ab"), models)["x"]
    assert np.abs(found).max() <= np.abs((tuned + other) / 2).max()


@pytest.mark.parametrize("name", ["dare_linear", "dare_ties"])
def test_dare_by_probability_keeps_the_mean_and_lengthens_the_norm(name: str, run: Run) -> None:
    density = 0.1
    delta = np.abs(np.random.default_rng(5).normal(1, 0.3, 200_000)).astype(np.float32)
    models = {"base": {"x": np.zeros_like(delta)}, "a": {"x": delta}}
    recipe = Recipe(
        method=name, models=("a",), base="base",
        parameters={"weight": 1, "density": density, "rescale_by": "probability"},
    )  # fmt: skip
    found = run(recipe, models)["x"]
    kept = np.flatnonzero(found)
    np.testing.assert_allclose(found[kept], delta[kept] / density, rtol=1e-6)
    assert found.mean() == pytest.approx(delta.mean(), rel=0.03)
    assert np.linalg.norm(found) / np.linalg.norm(delta) == pytest.approx(np.sqrt(1 / density), rel=0.02)


@pytest.mark.parametrize("name", ["dare_linear", "della_linear"])
def test_rescaling_restores_the_l1_norm_of_each_task_vector(name: str, run: Run) -> None:
    delta = np.random.default_rng(6).normal(size=(50, 40)).astype(np.float32)
    models = {"base": {"x": np.zeros_like(delta)}, "a": {"x": delta}}
    full = run(recipe_of(METHODS[name], "a", density=0.3), models)["x"]
    assert np.abs(full).sum() == pytest.approx(np.abs(delta).sum(), rel=1e-5)
    plain = run(recipe_of(METHODS[name], "a", density=0.3, rescale=False), models)["x"]
    kept = np.flatnonzero(plain)
    np.testing.assert_array_equal(plain.ravel()[kept], delta.ravel()[kept])
    assert len(kept) / delta.size == pytest.approx(0.3, abs=0.04)


def test_della_keeps_large_entries_more_often_and_expects_every_entry_unchanged(run: Run) -> None:
    rows = np.tile(np.linspace(0.1, 1, 10, dtype=np.float32), (20_000, 1))
    models = {"base": {"x": np.zeros_like(rows)}, "a": {"x": rows}}
    recipe = recipe_of(METHODS["della_linear"], "a", density=0.5, epsilon=0.2, rescale_by="probability")
    found = run(recipe, models)["x"]
    np.testing.assert_allclose((found != 0).mean(axis=0), np.linspace(0.3, 0.7, 10), atol=0.02)
    np.testing.assert_allclose(found.mean(axis=0), rows[0], rtol=0.05)


@pytest.mark.parametrize("name", SPARSE)
@pytest.mark.parametrize("density", [0.01, 0.2])
def test_no_sparsifier_loses_a_small_tensor(name: str, density: float, run: Run) -> None:
    shapes: list[tuple[int, ...]] = [*((n,) for n in range(1, 100)), (1, 7), (7, 1), (3, 5), (), (2, 0)]
    rng = np.random.default_rng(7)
    tuned = {f"x{i}": rng.normal(size=shape).astype(np.float32) for i, shape in enumerate(shapes)}
    base = {key: np.zeros_like(tensor) for key, tensor in tuned.items()}
    epsilon = {"epsilon": density / 2} if METHODS[name].parameter("epsilon") else {}
    found = run(recipe_of(METHODS[name], "a", density=density, **epsilon), {"base": base, "a": tuned})
    for key, tensor in found.items():
        assert tensor.shape == tuned[key].shape
        assert np.isfinite(tensor).all()
        assert tensor.size == 0 or np.count_nonzero(tensor) >= 1, f"{key} {tensor.shape}"


def test_ties_removes_interference_better_than_mean_and_sum(run: Run) -> None:
    # given two task vectors with signals on disjoint tenths, noise everywhere, and contradiction on quarters
    rng = np.random.default_rng(8)
    size, signal = 10_000, np.zeros(10_000)
    signal[:2000] = 1
    deltas = [rng.normal(0, 0.05, size) for _ in range(2)]
    for mine, other in ((0, 1), (1, 0)):
        support = slice(mine * 1000, (mine + 1) * 1000)
        deltas[mine][support] = 1
        deltas[other][mine * 1000 : mine * 1000 + 250] = -0.2
    models = {"base": {"x": np.zeros(size, dtype=np.float32)}}
    models |= {name: {"x": delta.astype(np.float32)} for name, delta in zip("ab", deltas, strict=True)}

    def error(method: str, **parameters: Any) -> tuple[float, float]:
        found = run(recipe_of(METHODS[method], "ab", **parameters), models)["x"] - signal
        whole = np.linalg.norm(found) / np.linalg.norm(signal)
        return float(np.linalg.norm(found[:2000]) / np.linalg.norm(signal)), float(whole)

    # when
    ties, mean = error("ties", density=0.2), error("linear")
    plain = error("task_arithmetic", weight=1)
    # then
    assert ties[0] <= 0.15
    assert ties[1] <= 0.2
    assert ties[0] <= mean[0] / 3
    assert ties[1] < plain[1]
