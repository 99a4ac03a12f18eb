"""What evolves: a merge method, the models it takes, and its parameters.

Weights and other continuous parameters are genes inside bounds; method, models, layers and the seed of
masks are discrete. Genes are rounded, so that two genomes that differ in nothing that matters have one key
and are evaluated once.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from agent_forge.errors import ForgeError

Bounds = tuple[float, float]
DIGITS = 4

WEIGHT, DENSITY, LAMBDA = (0.0, 1.0), (0.05, 1.0), (0.1, 1.5)
# Genes of a method beside the weights, inside what the search may draw; recipes may go further.
PARAMETERS: Mapping[str, Mapping[str, Bounds]] = {
    "linear": {},
    "slerp": {"t": (0.0, 1.0)},
    "nuslerp": {},
    "karcher": {},
    "model_stock": {},
    "dfs": {},
    "task_arithmetic": {"lambda": LAMBDA},
    "ties": {"density": DENSITY, "lambda": LAMBDA},
    "dare_linear": {"density": DENSITY, "lambda": LAMBDA},
    "dare_ties": {"density": DENSITY, "lambda": LAMBDA},
    "della": {"density": (0.2, 0.85), "lambda": LAMBDA},
    "della_linear": {"density": (0.2, 0.85), "lambda": LAMBDA},
    "breadcrumbs": {"density": (0.05, 0.95), "lambda": LAMBDA},
    "breadcrumbs_ties": {"density": (0.05, 0.95), "lambda": LAMBDA},
    "passthrough": {},
}
PAIRED = frozenset({"slerp", "nuslerp"})  # of exactly two models
WEIGHTED = frozenset(PARAMETERS) - {"slerp", "karcher", "model_stock", "dfs", "passthrough"}
MASKED = frozenset(
    {"dare_linear", "dare_ties", "della", "della_linear"}
)  # masks are drawn, so a seed belongs to the genome


@dataclass(frozen=True)
class Pool:
    """What genomes are made from: the input models by name, in order, and how many layers each has."""

    models: tuple[str, ...]
    num_layers: int
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Genome:
    """One merge. `layers` names model and layer of each layer of a passthrough, from the first on."""

    method: str
    models: tuple[str, ...]
    genes: tuple[tuple[str, float], ...] = ()
    layers: tuple[tuple[str, int], ...] = ()
    seed: int = 0

    @property
    def values(self) -> dict[str, float]:
        """Genes by name."""
        return dict(self.genes)

    @property
    def weights(self) -> tuple[float, ...]:
        """Share of each model in `models`: what the lineage shows. Equal where a method takes no weights."""
        values = self.values
        if self.method == "slerp":
            return (1.0 - values["t"], values["t"])
        if self.method == "passthrough":
            return tuple(
                sum(name == model for name, _ in self.layers) / len(self.layers) for model in self.models
            )
        if self.method in WEIGHTED:
            return tuple(values[weight_name(place)] for place in range(len(self.models)))
        return (1.0 / len(self.models),) * len(self.models)

    @property
    def key(self) -> str:
        """Hash of everything that decides the merged weights."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """The genome as a document; round-trips through `from_json`."""
        return {
            "method": self.method, "models": list(self.models), "genes": self.values,
            "layers": [list(layer) for layer in self.layers], "seed": self.seed,
        }  # fmt: skip

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Genome":
        """Read what `to_json` wrote."""
        return Genome(
            document["method"],
            tuple(document["models"]),
            tuple(sorted(document["genes"].items())),
            tuple((str(model), int(layer)) for model, layer in document["layers"]),
            document["seed"],
        )


def weight_name(place: int) -> str:
    """Gene of the weight of the model at `place`; sorts like the places for up to a thousand models."""
    return f"weight_{place:03d}"


def bounds_of(method: str, models: int) -> dict[str, Bounds]:
    """Every gene of a method over so many models, and what the search may draw for it."""
    weights = {weight_name(place): WEIGHT for place in range(models)} if method in WEIGHTED else {}
    return dict(sorted({**PARAMETERS[method], **weights}.items()))


def made(
    method: str,
    models: Sequence[str],
    values: Mapping[str, float],
    *,
    layers: Sequence[tuple[str, int]] = (),
    seed: int = 0,
) -> Genome:
    """A genome in its canonical form.

    Weights of a linear merge are divided by their sum, because only their proportions count; weights that
    are all nothing become equal ones. Models that a passthrough takes no layer from are no parents of it.
    """
    values = dict(values)
    names = [name for name in values if name.startswith("weight_")]
    total = sum(values[name] for name in names)
    if names and all(abs(values[name]) < 1e-6 for name in names):
        values |= dict.fromkeys(names, 1.0)
        total = float(len(names))
    if method == "linear" and abs(total) > 1e-9:
        values |= {name: values[name] / total for name in names}
    if layers:
        models = [model for model in models if any(model == name for name, _ in layers)]
    # Adding nothing turns a negative zero into a plain one: both would mean the same under two keys.
    genes = tuple(sorted((name, round(value, DIGITS) + 0.0) for name, value in values.items()))
    return Genome(method, tuple(models), genes, tuple(layers), seed if method in MASKED else 0)


def drawn(rng: Random, pool: Pool, method: str | None = None) -> Genome:
    """A genome drawn anew: method (unless given), models, genes, layers and seed."""
    method = rng.choice(pool.methods) if method is None else method
    models = list(pool.models)
    if method in PAIRED:
        models = rng.sample(models, 2)
    bounds = bounds_of(method, len(models))
    values = {name: rng.uniform(low, high) for name, (low, high) in bounds.items()}
    layers: list[tuple[str, int]] = []
    if method == "passthrough":
        depth = max(2, pool.num_layers)
        layers = mixed(
            rng, [(rng.choice(pool.models), place * pool.num_layers // depth) for place in range(depth)], pool
        )
    return made(method, models, values, layers=layers, seed=rng.randrange(2**31))


def mixed(rng: Random, layers: Sequence[tuple[str, int]], pool: Pool) -> list[tuple[str, int]]:
    """The layers, one of them from another model if all were of the same: that would be no merge."""
    layers = list(layers)
    if len({model for model, _ in layers}) == 1:
        place = rng.randrange(len(layers))
        others = [model for model in pool.models if model != layers[place][0]]
        layers[place] = (rng.choice(others), layers[place][1])
    return layers


def encoded(genome: Genome) -> tuple[float, ...]:
    """Genes as a point of the unit cube, for a search inside one method."""
    bounds = bounds_of(genome.method, len(genome.models))
    values = genome.values
    return tuple(
        min(1.0, max(0.0, (values[name] - low) / (high - low))) for name, (low, high) in bounds.items()
    )


def decoded(genome: Genome, point: Sequence[float]) -> Genome:
    """The genome with its genes taken from a point of the unit cube."""
    bounds = bounds_of(genome.method, len(genome.models))
    if len(point) != len(bounds):
        raise ForgeError("bug", f"A point of {len(point)} numbers for {len(bounds)} genes: {list(bounds)}.")
    values = {
        name: low + x * (high - low) for x, (name, (low, high)) in zip(point, bounds.items(), strict=True)
    }
    return made(genome.method, genome.models, values, layers=genome.layers, seed=genome.seed)


def reseeded(genome: Genome, seed: int) -> Genome:
    """The same merge with other masks, where it draws any."""
    return replace(genome, seed=seed) if genome.method in MASKED else genome
