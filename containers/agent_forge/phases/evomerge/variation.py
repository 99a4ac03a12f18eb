"""Children of genomes: crossover of what two have in common, mutation, and never the same one twice."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from random import Random

from agent_forge.evolution.variation import clipped, crossed, mutated
from agent_forge.phases.evomerge.genome import PAIRED, Genome, Pool, bounds_of, drawn, made, mixed

TRIES = 8  # mutations before a child that exists already is replaced by a genome drawn anew
MODEL_RATE = 0.25  # chance that a merge of two models takes another pair


@dataclass(frozen=True)
class Rates:
    """How strongly children differ; see the settings of the same names."""

    crossover_rate: float
    crossover_eta: float
    mutation_eta: float
    reset_rate: float


def bred(rng: Random, parents: Sequence[Genome], pool: Pool, rates: Rates, known: Container[str]) -> Genome:
    """One child of one or two parents whose key is not in `known`, where that can be had."""
    child = parents[0]
    if len(parents) > 1 and rng.random() < rates.crossover_rate:
        child = crossover(rng, parents[0], parents[1], rates.crossover_eta)
    for _ in range(TRIES):
        child = mutation(rng, child, pool, rates)
        if child.key not in known:
            return child
    return fresh(rng, pool, known)


def fresh(rng: Random, pool: Pool, known: Container[str]) -> Genome:
    """A genome drawn anew, unknown where that can be had: a pool of methods without genes runs dry."""
    genome = drawn(rng, pool)
    for _ in range(TRIES):
        if genome.key not in known:
            break
        genome = drawn(rng, pool)
    return genome


def crossover(rng: Random, a: Genome, b: Genome, eta: float) -> Genome:
    """The method, models and layers of one of the two; genes that both have are crossed, others stay."""
    first, second = (a, b) if rng.random() < 0.5 else (b, a)
    bounds = bounds_of(first.method, len(first.models))
    values, others = first.values, second.values
    for name, (low, high) in bounds.items():
        if name in others:
            # A recipe may lie outside what the search draws; the child does not.
            values[name] = crossed(rng, values[name], others[name], (low, high), eta)
    layers = first.layers
    if first.layers and len(first.layers) == len(second.layers):
        cut = rng.randrange(len(first.layers))
        layers = first.layers[:cut] + second.layers[cut:]
    models = first.models if not layers else tuple(dict.fromkeys([*first.models, *second.models]))
    return made(first.method, models, values, layers=layers, seed=first.seed)


def mutation(rng: Random, genome: Genome, pool: Pool, rates: Rates) -> Genome:
    """Another method altogether, or some of the genes, one pair of models, one layer changed."""
    if rng.random() < rates.reset_rate:
        return drawn(rng, pool)
    models, layers, seed = genome.models, list(genome.layers), genome.seed
    if genome.method in PAIRED and rng.random() < MODEL_RATE:
        models = tuple(rng.sample(pool.models, 2))
    if layers:
        place = rng.randrange(len(layers))
        layers[place] = (rng.choice(pool.models), layers[place][1])
        layers = mixed(rng, layers, pool)
        models = pool.models
    bounds = bounds_of(genome.method, len(models))
    values = {name: clipped(value, bounds[name]) for name, value in genome.values.items()}
    chosen = [name for name in bounds if rng.random() < 1.0 / len(bounds)]
    if bounds and not chosen:
        chosen = [rng.choice(list(bounds))]
    for name in chosen:
        values[name] = mutated(rng, values[name], bounds[name], rates.mutation_eta)
    if not bounds and not layers:
        # Without a gene there is nothing to mutate but the method.
        return drawn(rng, pool)
    return made(genome.method, models, values, layers=layers, seed=seed)
