"""The search of E3C and E3D: a merge with five genes (scale, density, three weights), CMA-ES in
their unit cube.

Source: Akiba et al. 2024, "Evolutionary optimization of model merging recipes" (arXiv 2403.13187), section
3.1. Fitness looks at one half of the pairs only; what comes out is judged on the other half.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from agent_forge.evolution.cma_search import CmaSearch, Point
from agent_forge.evolution.hypervolume import hypervolume
from agent_forge.evolution.pareto import Objectives
from agent_forge.experiments.three_tasks.merged import merged, weighted
from agent_forge.experiments.three_tasks.tasks import MODULUS, TASKS, accuracies, score
from agent_forge.merging.recipe import Recipe
from agent_forge.models.titan import TinyTitan

LARGEST_SCALE, LEAST_DENSITY, LEAST_WEIGHT = 2.0, 0.05, 0.05
MIDDLE: Point = (0.5,) * (2 + len(TASKS))  # scale 1, density .525, equal weights
REFERENCE = (1.0,) * len(TASKS)  # every answer wrong
SPREAD = 1 / 6


def halves(seed: int) -> tuple[Tensor, Tensor]:
    """Places of the pairs for fitness and of those for the judgement; no pair is in both."""
    order = torch.randperm(MODULUS**2, generator=torch.Generator().manual_seed(seed))
    return order[: MODULUS**2 // 2], order[MODULUS**2 // 2 :]


def recipe_at(point: Sequence[float]) -> Recipe:
    """The merge that a point of the unit cube stands for."""
    scale, density, *shares = point
    weights = {task: max(LEAST_WEIGHT, share) for task, share in zip(TASKS, shares, strict=True)}
    parameters = {
        "lambda": LARGEST_SCALE * scale, "density": LEAST_DENSITY + (1 - LEAST_DENSITY) * density,
    }  # fmt: skip
    return weighted("ties", weights, parameters)


@dataclass(frozen=True)
class Space:
    """Where a search begins, what merge its points stand for, and what ranks them, the higher the better.

    `fitness` gets a merge, the places that are asked and the accuracies there. `asks_start` says whether the
    start itself is evaluated first, so that nothing worse than it is found.
    """

    start: Point = MIDDLE
    recipe: Callable[[Sequence[float]], Recipe] = recipe_at
    fitness: Callable[[TinyTitan, Tensor, tuple[float, ...]], float] = lambda _model, _places, got: score(got)
    asks_start: bool = False


TIES_BY_ACCURACY = Space()


@dataclass(frozen=True)
class Found:
    """The best point by fitness, its fitness, and the hypervolume of all that was seen, round by round."""

    point: Point
    fitness: float
    volumes: tuple[float, ...]
    evaluations: int


def searched(
    models: Mapping[str, TinyTitan],
    fitness: Tensor,
    kind: str,
    rounds: int,
    population: int,
    seed: int,
    space: Space = TIES_BY_ACCURACY,
) -> Found:
    """Evaluate `rounds` times `population` merges, and the start if the space says so.

    Args:
        models: base and fine-tunes.
        fitness: places of the pairs that are asked.
        kind: `cma-es`, or `random` for as many points drawn evenly.
        rounds: of CMA-ES.
        population: merges a round.
        seed: of all draws.
        space: of the points.
    """
    search, rng = CmaSearch(space.start, SPREAD, population, seed + 1), Random(f"e3c:{seed}")
    seen: list[tuple[float, Point]] = []
    errors: list[Objectives] = []
    volumes = []

    def evaluate(points: Sequence[Point]) -> list[float]:
        values = []
        for point in points:
            model = merged(models, {"result": space.recipe(point)})
            by_task = accuracies(model, fitness)
            errors.append(tuple(1 - accuracy for accuracy in by_task))
            values.append(space.fitness(model, fitness, by_task))
            seen.append((values[-1], point))
        return values

    if space.asks_start:
        evaluate([space.start])
    for _ in range(rounds):
        drawn = [tuple(rng.random() for _ in MIDDLE) for _ in range(population)]
        points = search.ask() if kind == "cma-es" else drawn
        values = evaluate(points)
        volumes.append(hypervolume(errors, REFERENCE))
        if kind == "cma-es":
            search.tell([-value for value in values])
    best = max(seen)
    return Found(best[1], best[0], tuple(volumes), len(seen))
