"""What is told about a generation: a `generation_update` event with the tree, and four metric records."""

from typing import Any

from agent_forge.evolution import pareto
from agent_forge.phase import PhaseContext
from agent_forge.phases.evomerge.fitness import OBJECTIVES
from agent_forge.phases.evomerge.generation import Individual, Search
from agent_forge.phases.evomerge.selection import Breeder

UNITS = {
    "best_fitness": "times the base",
    "hypervolume": "",
    "diversity": "bits",
    "evaluations": "models",
    "infeasible": "models",
}


def announce(context: PhaseContext, search: Search, breeder: Breeder) -> None:
    """Say how the evaluated generation did; its row is the last of the history."""
    row = search.history[-1]
    for measure, unit in UNITS.items():
        value = row[measure]
        if value is not None:
            context.tracker.record(
                f"evolution/{measure}", float(value), unit, source=f"{__name__}.announce", split="fitness",
                step=search.generation,
            )  # fmt: skip
    context.tracker.generation(update(search, breeder))


def update(search: Search, breeder: Breeder) -> dict[str, Any]:
    """The data of the event; see contracts/source/generation-update.ts."""
    everyone = search.population
    entries = [breeder.yardstick.objectives(search.outcome(each)) for each in everyone]
    row = search.history[-1]
    return {
        "generation": search.generation,
        "generations": breeder.config.generations,
        "individuals": [
            _told(each, search, breeder, entry, rank)
            for each, entry, rank in zip(everyone, entries, pareto.ranks(entries), strict=True)
        ],
        "best": {"id": row["best"], "fitness": row["best_fitness"]},
        **{name: row[name] for name in ("hypervolume", "diversity", "evaluations")},
    }


def _told(
    each: Individual, search: Search, breeder: Breeder, entry: tuple[float, ...] | None, rank: int
) -> dict[str, Any]:
    genome = each.genome
    outcome = search.outcome(each)
    return {
        "id": each.id,
        "generation": each.generation,
        "method": genome.method,
        "parents": list(each.parents),
        "weights": dict(zip(genome.models, genome.weights, strict=True)),
        "objectives": None if entry is None else dict(zip(OBJECTIVES, entry, strict=True)),
        "fitness": breeder.yardstick.fitness(outcome),
        "rank": rank,
        "feasible": entry is not None,
    }
