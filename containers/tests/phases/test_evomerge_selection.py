"""Selection on outcomes written down by hand: who lives on, who comes anew, when it stops."""

from dataclasses import replace

import pytest

from agent_forge.errors import ForgeError
from agent_forge.phases.evomerge.config import EvomergeConfig
from agent_forge.phases.evomerge.fitness import Measures, Outcome, fitness, judged, objectives
from agent_forge.phases.evomerge.generation import Individual, Search, Yardstick, first
from agent_forge.phases.evomerge.genome import Pool, made, weight_name
from agent_forge.phases.evomerge.recipes import first_generation
from agent_forge.phases.evomerge.selection import Breeder, following, plateau, ranked, summarised, uniform

BASE = Measures(2.0, 100.0, 0.3, 1000.0, 4000, 1.5)
POOL = Pool(("a", "b", "c"), 2, ("linear", "slerp", "ties", "dare_linear", "passthrough"))
CONFIG = replace(EvomergeConfig.preset("demo"), population=6, elites=2)


def breeder(config: EvomergeConfig = CONFIG, seed: int = 1) -> Breeder:
    return Breeder(config, POOL, Yardstick(BASE, config.weights), seed)


def evaluated(perplexities: list[float | None], config: EvomergeConfig = CONFIG) -> Search:
    """The first generation with these perplexities; None is infeasible."""
    search = first(first_generation(POOL, 7)[: len(perplexities)])
    for each, value in zip(search.offspring, perplexities, strict=True):
        measures = None if value is None else replace(BASE, perplexity=value)
        search.outcomes[each.genome.key] = Outcome(measures, None if measures else "not finite")
    search.history.append(summarised(search, breeder(config), diversity=0.5))
    return search


def test_the_base_is_worth_one_and_each_objective_counts_by_its_weight() -> None:
    assert fitness(BASE, BASE, (0.4, 0.3, 0.2, 0.1)) == pytest.approx(1.0)
    assert fitness(replace(BASE, perplexity=50.0), BASE, (0.4, 0.3, 0.2, 0.1)) == pytest.approx(1.4)
    assert fitness(replace(BASE, accuracy=0.6), BASE, (0.4, 0.3, 0.2, 0.1)) == pytest.approx(1.3)
    assert fitness(replace(BASE, flops_per_token=500.0), BASE, (4, 3, 2, 1)) == pytest.approx(1.2)
    assert fitness(replace(BASE, bytes=2000), BASE, (4, 3, 2, 1)) == pytest.approx(1.1)
    assert objectives(BASE, BASE) == (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_infeasible_not_nothing(value: float) -> None:
    outcome = judged(replace(BASE, perplexity=value), BASE)
    assert outcome.measures is None
    assert Yardstick(BASE, (1.0, 0, 0, 0)).fitness(outcome) is None


def test_more_than_a_nat_per_token_above_the_base_is_infeasible() -> None:
    assert judged(replace(BASE, perplexity=271.0), BASE).measures is not None
    assert judged(replace(BASE, perplexity=272.0), BASE).reason is not None


@pytest.mark.parametrize("selection", ["scalar", "pareto"])
def test_the_infeasible_neither_live_on_nor_breed(selection: str) -> None:
    # given
    config = replace(CONFIG, selection=selection)
    search = evaluated([None, 90.0, None, 80.0, None, None], config)
    # when
    after = following(search, breeder(config))
    # then
    assert [each.id for each in ranked(search, breeder(config))][:2] == ["g0-3", "g0-1"]
    assert {each.id for each in after.survivors} == {"g0-1", "g0-3"}
    assert {name for each in after.offspring for name in each.parents} <= {"g0-1", "g0-3"}


def test_where_nobody_is_feasible_the_next_generation_is_drawn_anew() -> None:
    after = following(evaluated([None] * 6), breeder())
    assert after.survivors == []
    assert len(after.offspring) == 6
    assert all(each.parents == () for each in after.offspring)


def test_cma_es_has_nowhere_to_begin_where_nobody_is_feasible() -> None:
    config = replace(CONFIG, search="cma-es")
    with pytest.raises(ForgeError, match="nowhere to begin") as error:
        following(evaluated([None] * 6, config), breeder(config))
    assert error.value.kind == "numeric"


def test_elites_live_on_and_the_rest_is_bred_of_genomes_that_were_not_there() -> None:
    search = evaluated([95.0, 90.0, 85.0, 80.0, 99.0, 98.0])
    after = following(search, breeder())
    assert [each.id for each in after.survivors] == ["g0-3", "g0-2"]
    assert [each.id for each in after.offspring] == ["g1-0", "g1-1", "g1-2", "g1-3"]
    keys = [each.genome.key for each in after.offspring]
    assert not set(keys) & set(search.outcomes)
    assert len(set(keys)) == 4
    assert after.tree[:6] == search.tree


def test_the_next_generation_is_a_function_of_seed_and_state() -> None:
    after = [following(evaluated([95.0, 90.0, 85.0, 80.0]), breeder(seed=s)).to_json() for s in (1, 1, 2)]
    assert after[0] == after[1] != after[2]
    assert Search.from_json(after[0]).to_json() == after[0]


def test_a_population_that_has_become_alike_is_given_immigrants() -> None:
    # given
    search = evaluated([95.0, 90.0, 85.0, 80.0, 99.0, 98.0])
    search.history.append({**search.history[0], "generation": 1, "diversity": 0.04})
    assert uniform(search.history, CONFIG)
    # when
    after = following(search, breeder())
    # then: a fifth of four births, rounded up, comes first and has no parents
    assert [bool(each.parents) for each in after.offspring] == [False, True, True, True]


@pytest.mark.parametrize(("diversity", "alike"), [(0.051, False), (0.049, True)])
def test_alike_is_below_the_floor_as_a_share_of_the_first_generation(diversity: float, alike: bool) -> None:
    rows = [{"diversity": 0.5}, {"diversity": diversity}]
    assert uniform(rows, replace(CONFIG, diversity_floor=0.1)) == alike


@pytest.mark.parametrize(
    ("fitnesses", "stops"),
    [
        ([1.0, 1.1, 1.1, 1.1], True),
        ([1.0, 1.1, 1.1, 1.2], False),
        ([1.0, 1.1, 1.1001, 1.1004], True),
        ([1.0, 1.0], False),
    ],
)
def test_it_stops_when_the_best_has_not_gained_for_so_many_generations(
    fitnesses: list[float], stops: bool
) -> None:
    config = replace(CONFIG, plateau_generations=2, plateau_gain=0.0005)
    assert plateau([{"best_fitness": value} for value in fitnesses], config) == stops


def test_a_plateau_of_zero_generations_never_stops() -> None:
    rows = [{"best_fitness": 1.0}] * 50
    assert not plateau(rows, replace(CONFIG, plateau_generations=0))


def test_cma_es_searches_the_genes_of_the_leader_with_enough_of_them() -> None:
    # given SLERP leads, which has a single gene; TIES comes second
    config = replace(CONFIG, search="cma-es")
    search = evaluated([95.0, 70.0, 75.0, 80.0, 99.0, 98.0], config)
    # when
    after = following(search, breeder(config))
    # then
    assert {each.genome.method for each in after.offspring} == {"ties"}
    assert {each.parents for each in after.offspring} == {("g0-2",)}
    assert len(after.offspring) == config.population
    # when a round was evaluated and the search is read back from JSON
    for each in after.offspring:
        after.outcomes[each.genome.key] = Outcome(replace(BASE, perplexity=90.0))
    after.history.append(summarised(after, breeder(config), diversity=0.4))
    later = [following(Search.from_json(after.to_json()), breeder(config)).to_json() for _ in range(2)]
    assert later[0] == later[1]
    assert len(later[0]["cma"]["search"]["history"]) == 1


def test_a_genome_that_comes_twice_is_evaluated_once() -> None:
    genome = made("linear", ("a", "b"), {weight_name(0): 0.5, weight_name(1): 0.5})
    search = first([genome, genome])
    assert search.unknown() == [genome]
    search.outcomes[genome.key] = Outcome(BASE)
    assert search.unknown() == []


def test_an_individual_that_was_not_evaluated_is_named() -> None:
    search = first(first_generation(POOL, 7)[:1])
    with pytest.raises(ForgeError, match="g0-0") as error:
        search.outcome(search.offspring[0])
    assert error.value.kind == "contract"
    assert isinstance(search.offspring[0], Individual)
