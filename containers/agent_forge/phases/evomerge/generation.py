"""Individuals, and the state that a generation leaves to the next: all of it is JSON, none elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.phases.evomerge.fitness import Measures, Outcome, fitness, objectives
from agent_forge.phases.evomerge.genome import Genome


@dataclass(frozen=True)
class Individual:
    """One member of a generation. `parents` are the ids of the individuals that it was bred from."""

    id: str
    generation: int
    genome: Genome
    parents: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The individual as a document; round-trips through `from_json`."""
        return {
            "id": self.id, "generation": self.generation, "genome": self.genome.to_json(),
            "parents": list(self.parents),
        }  # fmt: skip

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Individual":
        """Read what `to_json` wrote."""
        return Individual(
            document["id"],
            document["generation"],
            Genome.from_json(document["genome"]),
            tuple(document["parents"]),
        )


@dataclass(frozen=True)
class Yardstick:
    """What fitness is measured with: the base's figures and the weights of the four objectives."""

    base: Measures
    weights: tuple[float, ...]

    def fitness(self, outcome: Outcome) -> float | None:
        """None for what is infeasible: it is not worth nothing, it is worth no number."""
        return fitness(outcome.measures, self.base, self.weights) if outcome.measures else None

    def objectives(self, outcome: Outcome) -> tuple[float, ...] | None:
        """The four objectives, or None."""
        return objectives(outcome.measures, self.base) if outcome.measures else None


@dataclass
class Search:
    """State after a generation was chosen and before it is evaluated.

    `offspring` is to be evaluated, `survivors` were before. `tree` holds every individual there ever was,
    `outcomes` every genome's outcome by its key, `history` a row per generation that was selected. `cma` is
    the search inside one method: its genome and its seed and history.
    """

    generation: int
    offspring: list[Individual]
    survivors: list[Individual] = field(default_factory=list)
    tree: list[Individual] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    cma: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The state as a document; round-trips through `from_json`."""
        return {
            "generation": self.generation,
            "offspring": [each.to_json() for each in self.offspring],
            "survivors": [each.to_json() for each in self.survivors],
            "tree": [each.to_json() for each in self.tree],
            "outcomes": {key: outcome.to_json() for key, outcome in sorted(self.outcomes.items())},
            "history": self.history,
            "cma": self.cma,
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Search":
        """Read what `to_json` wrote."""
        return Search(
            document["generation"],
            _individuals(document["offspring"]),
            _individuals(document["survivors"]),
            _individuals(document["tree"]),
            {key: Outcome.from_json(outcome) for key, outcome in document["outcomes"].items()},
            list(document["history"]),
            document["cma"],
        )

    @property
    def population(self) -> list[Individual]:
        """Everyone alive: survivors first, then offspring."""
        return [*self.survivors, *self.offspring]

    def unknown(self) -> list[Genome]:
        """Genomes that have to be evaluated, each once, in the order of the offspring."""
        genomes = {each.genome.key: each.genome for each in self.offspring}
        return [genome for key, genome in genomes.items() if key not in self.outcomes]

    def outcome(self, individual: Individual) -> Outcome:
        """What evaluating this individual gave.

        Raises:
            ForgeError(contract): it was not evaluated.
        """
        if individual.genome.key not in self.outcomes:
            raise ForgeError(
                "contract",
                f"Individual {individual.id} (genome {individual.genome.key}) was not evaluated; run the"
                " evaluation of this generation again.",
            )
        return self.outcomes[individual.genome.key]


def first(genomes: Sequence[Genome]) -> Search:
    """The state before the first evaluation."""
    offspring = [Individual(f"g0-{place}", 0, genome) for place, genome in enumerate(genomes)]
    return Search(0, offspring, tree=list(offspring))


def _individuals(documents: Sequence[Mapping[str, Any]]) -> list[Individual]:
    return [Individual.from_json(document) for document in documents]
