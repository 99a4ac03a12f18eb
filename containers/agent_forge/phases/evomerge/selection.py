"""From an evaluated generation to the next one: who lives on, who breeds, whether to go on at all.

Every draw comes from a seed derived from (run seed, generation, individual), so the next generation is a
function of the state and depends neither on how many jobs evaluated this one nor on who asks.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.evolution import pareto
from agent_forge.evolution.cma_search import CmaSearch
from agent_forge.evolution.hypervolume import hypervolume
from agent_forge.phases.evomerge.config import EvomergeConfig
from agent_forge.phases.evomerge.fitness import REFERENCE
from agent_forge.phases.evomerge.generation import Individual, Search, Yardstick
from agent_forge.phases.evomerge.genome import Genome, Pool, bounds_of, decoded, encoded
from agent_forge.phases.evomerge.variation import bred, fresh

TOURNAMENT = {"scalar": 3, "pareto": 2}


@dataclass(frozen=True)
class Breeder:
    """What breeding needs beside the state."""

    config: EvomergeConfig
    pool: Pool
    yardstick: Yardstick
    seed: int

    def rng(self, generation: int, place: int) -> Random:
        """The source of every draw for one individual."""
        return Random(f"evomerge:{self.seed}:{generation}:{place}")


def ranked(search: Search, breeder: Breeder) -> list[Individual]:
    """Everyone alive from the fittest to the least fit; whoever is infeasible comes last."""
    everyone = search.population
    if breeder.config.selection == "pareto":
        entries = [breeder.yardstick.objectives(search.outcome(each)) for each in everyone]
        return [everyone[place] for place in pareto.order(entries)]
    worth = {each.id: breeder.yardstick.fitness(search.outcome(each)) for each in everyone}

    def place(each: Individual) -> float:
        value = worth[each.id]
        return math.inf if value is None else -value

    return sorted(everyone, key=place)


def feasible(search: Search, individuals: Sequence[Individual]) -> list[Individual]:
    """Those that have measures, in the order given."""
    return [each for each in individuals if search.outcome(each).measures is not None]


def summarised(search: Search, breeder: Breeder, diversity: float) -> dict[str, float | int | str | None]:
    """The row of this generation for the history.

    The volume is that of everything ever evaluated, so it never falls; the best is the best so far, who may
    have been left behind by a selection that looks at more than fitness.
    """
    yardstick = breeder.yardstick
    known = {each.genome.key: each for each in search.tree if each.genome.key in search.outcomes}
    worth = {key: yardstick.fitness(search.outcomes[key]) for key in known}
    best = max(
        (key for key in known if worth[key] is not None), key=lambda key: worth[key] or 0.0, default=None
    )
    points = [entry for key in known if (entry := yardstick.objectives(search.outcomes[key])) is not None]
    return {
        "generation": search.generation,
        "best": None if best is None else known[best].id,
        "best_fitness": None if best is None else worth[best],
        "hypervolume": hypervolume(points, REFERENCE),
        "diversity": diversity,
        "evaluations": len(search.outcomes),
        "infeasible": sum(value is None for value in worth.values()),
    }


def plateau(history: Sequence[dict[str, float | int | str | None]], config: EvomergeConfig) -> bool:
    """True when the leading measure has not gained for as many generations as the settings allow."""
    span = config.plateau_generations
    if span == 0 or len(history) <= span:
        return False
    measure = "hypervolume" if config.selection == "pareto" else "best_fitness"
    values = [float(row[measure] or 0.0) for row in history]
    return max(values[-span:]) - max(values[:-span]) < config.plateau_gain


def uniform(history: Sequence[dict[str, float | int | str | None]], config: EvomergeConfig) -> bool:
    """True when the population differs by less than the floor, as a share of the first generation."""
    start, now = (float(history[place]["diversity"] or 0.0) for place in (0, -1))
    return len(history) > 1 and now < config.diversity_floor * start


def following(search: Search, breeder: Breeder) -> Search:
    """The next generation, to be evaluated; `search` has its outcomes and its row of the history."""
    config, generation = breeder.config, search.generation + 1
    alive = feasible(search, ranked(search, breeder))
    known = set(search.outcomes)
    if config.search == "cma-es":
        survivors, (offspring, cma) = alive[: config.elites], _asked(search, breeder, alive)
    else:
        keeps = config.population if config.selection == "pareto" else config.elites
        survivors, cma = alive[:keeps], None
        births = config.population if config.selection == "pareto" else config.population - len(survivors)
        offspring = _children(search, breeder, alive, max(1, births), known)
    return Search(
        generation, offspring, survivors, [*search.tree, *offspring], dict(search.outcomes),
        search.history, cma,
    )  # fmt: skip


def _children(
    search: Search, breeder: Breeder, alive: Sequence[Individual], births: int, known: set[str]
) -> list[Individual]:
    """Immigrants first where they are wanted, then children of tournaments among the fittest."""
    config, generation = breeder.config, search.generation + 1
    parents = alive[: config.population]
    strangers = math.ceil(config.immigrant_share * births) if uniform(search.history, config) else 0
    strangers = strangers if parents else births
    offspring = []
    for place in range(births):
        rng = breeder.rng(generation, place)
        if place < strangers:
            chosen: list[Individual] = []
            genome = fresh(rng, breeder.pool, known)
        else:
            chosen = _couple(rng, parents, TOURNAMENT[config.selection])
            genome = bred(rng, [each.genome for each in chosen], breeder.pool, config.rates, known)
        known.add(genome.key)
        ancestors = tuple(dict.fromkeys(each.id for each in chosen))
        offspring.append(Individual(f"g{generation}-{place}", generation, genome, ancestors))
    return offspring


def _couple(rng: Random, parents: Sequence[Individual], size: int) -> list[Individual]:
    """Winners of two tournaments; `parents` are sorted, so the lowest place wins."""

    def winner(among: Sequence[Individual]) -> Individual:
        return among[min(rng.randrange(len(among)) for _ in range(size))]

    one = winner(parents)
    others = [each for each in parents if each.id != one.id]
    return [one, winner(others)] if others else [one]


def _asked(
    search: Search, breeder: Breeder, alive: Sequence[Individual]
) -> tuple[list[Individual], dict[str, Any]]:
    """Tell CMA-ES what the last round was worth and ask for the next; the first time, begin at the leader."""
    config, generation = breeder.config, search.generation + 1
    if not alive:
        raise ForgeError(
            "numeric",
            f"None of {len(search.outcomes)} merges is usable, so there is nowhere to begin a search from;"
            " name gentler recipes, or choose search: genetic.",
        )
    if search.cma is None:
        leader = leader_of(alive)
        template, ancestors = leader.genome, (leader.id,)
        strategy = CmaSearch(
            encoded(template), config.cma_sigma, config.population, derived_seed(breeder.seed, "cma"), []
        )
    else:
        template, ancestors = Genome.from_json(search.cma["genome"]), tuple(search.cma["ancestors"])
        strategy = CmaSearch.from_json(search.cma["search"])
        strategy.tell([_cost(search, breeder.yardstick, each) for each in search.offspring])
    offspring = [
        Individual(f"g{generation}-{place}", generation, decoded(template, point), ancestors)
        for place, point in enumerate(strategy.ask())
    ]
    state = {"genome": template.to_json(), "ancestors": list(ancestors), "search": strategy.to_json()}
    return offspring, state


def leader_of(alive: Sequence[Individual]) -> Individual:
    """The fittest whose method has parameters enough to search in, else the fittest of all.

    CMA-ES itself refuses a genome with fewer than two genes and says so.
    """
    searchable = (each for each in alive if len(bounds_of(each.genome.method, len(each.genome.models))) >= 2)
    return next(searchable, alive[0])


def _cost(search: Search, yardstick: Yardstick, each: Individual) -> float | None:
    value = yardstick.fitness(search.outcome(each))
    return None if value is None else -value


def derived_seed(seed: int, purpose: str) -> int:
    """A seed of 31 bits, above 0, for one purpose of a run."""
    digest = hashlib.sha256(f"evomerge:{seed}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (2**31 - 1) + 1
