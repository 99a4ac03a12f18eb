"""Genomes: what they hold, how they vary, and that no two keys mean the same merge."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_forge.merging.methods.registry import METHODS
from agent_forge.phases.evomerge.genome import (
    MASKED,
    PAIRED,
    PARAMETERS,
    WEIGHTED,
    Genome,
    Pool,
    bounds_of,
    decoded,
    drawn,
    encoded,
    made,
    weight_name,
)
from agent_forge.phases.evomerge.merged import recipe_of
from agent_forge.phases.evomerge.recipes import explicit, first_generation, frankenmerge
from agent_forge.phases.evomerge.variation import Rates, bred, crossover, mutation

POOL = Pool(("a", "b", "c"), 2, tuple(PARAMETERS))
RATES = Rates(0.9, 15, 20, 0.15)
seeds = st.integers(0, 2**31)


def assert_legal(genome: Genome) -> None:
    """In bounds, of models that there are, and a merge of at least two of them."""
    bounds = bounds_of(genome.method, len(genome.models))
    assert genome.values.keys() == bounds.keys()
    for name, value in genome.values.items():
        low, high = bounds[name]
        assert low - 1e-4 <= value <= high + 1e-4
    assert len(set(genome.models)) == len(genome.models) >= 2
    assert set(genome.models) <= set(POOL.models)
    assert (len(genome.models) == 2) >= (genome.method in PAIRED)
    assert bool(genome.layers) == (genome.method == "passthrough")
    assert (genome.seed == 0) >= (genome.method not in MASKED)
    assert Genome.from_json(genome.to_json()) == genome


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_what_is_drawn_crossed_and_mutated_stays_legal(seed: int) -> None:
    rng = Random(seed)
    a, b = drawn(rng, POOL), drawn(rng, POOL)
    child = crossover(rng, a, b, 15)
    for genome in (a, b, mutation(rng, a, POOL, RATES), mutation(rng, child, POOL, RATES)):
        assert_legal(genome)


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_a_child_is_no_genome_that_is_known(seed: int) -> None:
    rng = Random(seed)
    known = {genome.key for genome in first_generation(POOL, 7)}
    parents = [rng.choice(first_generation(POOL, 7)) for _ in range(2)]
    child = bred(rng, parents, POOL, RATES, known)
    assert child.key not in known or child.method in ("karcher", "dfs", "model_stock")


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_a_point_of_the_cube_and_back_is_the_same_merge(seed: int) -> None:
    genome = drawn(Random(seed), POOL)
    again = decoded(genome, encoded(genome))
    assert again.method == genome.method
    for name, value in again.values.items():
        assert value == pytest.approx(genome.values[name], abs=2e-3)


@pytest.mark.parametrize("method", sorted(PARAMETERS))
def test_every_gene_is_a_parameter_of_its_method_and_its_bounds_are_legal(method: str) -> None:
    known = METHODS[method]
    assert (method in WEIGHTED) == (known.parameter("weight") is not None)
    assert (known.parameter("rescale_by") is not None) >= (method in MASKED)
    for name, bounds in PARAMETERS[method].items():
        parameter = known.parameter(name)
        assert parameter is not None
        assert all(parameter.accepts(bound) for bound in bounds)


def test_every_method_of_the_registry_can_be_evolved() -> None:
    assert PARAMETERS.keys() == METHODS.keys()


def test_weights_of_a_linear_merge_count_in_proportion_only() -> None:
    one = made("linear", ("a", "b"), {weight_name(0): 1.0, weight_name(1): 3.0})
    other = made("linear", ("a", "b"), {weight_name(0): 0.25, weight_name(1): 0.75})
    assert one.key == other.key
    assert one.weights == (0.25, 0.75)


def test_weights_that_are_all_nothing_become_equal() -> None:
    assert made("linear", ("a", "b"), {weight_name(0): 0.0, weight_name(1): 0.0}).weights == (0.5, 0.5)


def test_differences_below_the_last_digit_are_no_differences() -> None:
    values = {weight_name(0): 0.5, weight_name(1): 0.5, "density": 0.2, "lambda": 1.0}
    assert (
        made("ties", ("a", "b"), values).key == made("ties", ("a", "b"), values | {"density": 0.200001}).key
    )
    assert made("ties", ("a", "b"), values).key != made("ties", ("a", "b"), values | {"density": 0.201}).key


def test_the_seed_of_masks_belongs_to_the_genome_where_masks_are_drawn() -> None:
    values = {weight_name(0): 0.5, weight_name(1): 0.5, "density": 0.2, "lambda": 1.0}
    assert (
        made("dare_ties", ("a", "b"), values, seed=1).key != made("dare_ties", ("a", "b"), values, seed=2).key
    )
    assert made("ties", ("a", "b"), values, seed=1).key == made("ties", ("a", "b"), values, seed=2).key


@pytest.mark.parametrize(
    ("layers", "pattern", "expected"),
    [
        (2, "abc", [("a", 0), ("b", 0), ("c", 1)]),
        (2, "abba", [("a", 0), ("b", 0), ("b", 1), ("a", 1)]),
        (6, "abc", [("a", 0), ("a", 1), ("b", 2), ("b", 3), ("c", 4), ("c", 5)]),
        (4, "abba", [("a", 0), ("b", 1), ("b", 2), ("a", 3)]),
    ],
)
def test_a_pattern_is_spread_over_the_depth(
    layers: int, pattern: str, expected: list[tuple[str, int]]
) -> None:
    assert list(frankenmerge(Pool(("a", "b", "c"), layers, ()), tuple(pattern)).layers) == expected


def test_runs_of_layers_of_one_model_become_one_slice() -> None:
    recipe = recipe_of(frankenmerge(Pool(("a", "b", "c"), 6, ()), ("a", "b", "b", "a")), "base")
    assert [(s.sources[0].model, s.sources[0].layer_range) for s in recipe.slices or ()] == [
        ("a", (0, 2)), ("b", (2, 5)), ("a", (5, 6)),
    ]  # fmt: skip


def test_the_eight_recipes_are_eight_merges_and_ask_for_what_they_are_named_after() -> None:
    genomes = first_generation(POOL, 7)
    assert len({genome.key for genome in genomes}) == 8
    _, slerp, ties, dare, _, _, uneven, _ = (recipe_of(genome, "base") for genome in genomes)
    assert (slerp.base, slerp.models, slerp.parameters) == ("a", ("b",), {"t": 0.5})
    assert ties.parameters == {"density": 0.2, "lambda": 1.0}
    assert dare.parameters == {"density": 0.1, "lambda": 1.0, "rescale_by": "probability"}
    assert dare.seed == 7
    assert uneven.per_model == {"a": {"weight": 0.5}, "b": {"weight": 0.3}, "c": {"weight": 0.2}}


def test_what_a_recipe_leaves_out_takes_the_value_of_the_first_generation() -> None:
    genome = explicit({"method": "dare_ties", "drop": 0.25}, POOL, 9)
    assert genome.values == {
        "density": 0.75, "lambda": 1.0, **{weight_name(i): pytest.approx(1 / 3, abs=1e-4) for i in range(3)},
    }  # fmt: skip
