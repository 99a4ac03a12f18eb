"""Settings of phase 2, flat and complete: `context.config` holds every key."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from agent_forge.contracts import load_contract
from agent_forge.errors import ForgeError
from agent_forge.phases.evomerge.variation import Rates


@dataclass(frozen=True, kw_only=True)
class EvomergeConfig:
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    generations: int
    population: int
    workers: int
    elites: int
    selection: str
    search: str
    cma_sigma: float
    methods: Sequence[str]
    recipes: Sequence[Mapping[str, Any]]
    weight_perplexity: float
    weight_accuracy: float
    weight_speed: float
    weight_memory: float
    crossover_rate: float
    crossover_eta: float
    mutation_eta: float
    reset_rate: float
    diversity_floor: float
    immigrant_share: float
    plateau_generations: int
    plateau_gain: float
    seq_len: int
    eval_batch_size: int
    screen_tokens: int
    rescore_tokens: int
    report_tokens: int
    finalists: int
    probe_tokens: int
    probe_items: int
    held_out_every: int

    @staticmethod
    def of(document: Mapping[str, Any]) -> "EvomergeConfig":
        """Read the resolved settings; the schema checks ranges, relations between keys are checked here.

        Raises:
            ForgeError(validation): a key is missing or unknown, or two values do not go together.
        """
        known = {f.name for f in fields(EvomergeConfig)}
        if set(document) != known:
            missing, unknown = sorted(known - set(document)), sorted(set(document) - known)
            raise ForgeError(
                "validation",
                f"Settings of phase evomerge: missing {missing}, unknown {unknown};"
                f" expected exactly {sorted(known)}.",
            )
        config = EvomergeConfig(**document)
        if sum(config.weights) <= 0:
            raise ForgeError(
                "validation",
                "weight_perplexity, weight_accuracy, weight_speed and weight_memory are all 0; expected at"
                " least one above 0.",
            )
        if config.search == "cma-es" and config.population < 2:
            raise ForgeError(
                "validation", f"population is {config.population}; CMA-ES needs at least 2 individuals."
            )
        if 1 < config.population <= config.elites:
            raise ForgeError(
                "validation",
                f"elites is {config.elites}; expected fewer than the population of {config.population}.",
            )
        return config

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """Of perplexity, accuracy, speed and memory."""
        return self.weight_perplexity, self.weight_accuracy, self.weight_speed, self.weight_memory

    @property
    def rates(self) -> Rates:
        """How strongly children differ from their parents."""
        return Rates(self.crossover_rate, self.crossover_eta, self.mutation_eta, self.reset_rate)

    def to_json(self) -> dict[str, Any]:
        """The settings as a document."""
        return asdict(self)


def preset(name: str) -> EvomergeConfig:
    """The settings of a named preset: the contract's defaults and what the preset changes.

    Raises:
        ForgeError(not_found): there is no such preset; names those that there are.
    """
    defaults = load_contract("schemas/phases/evomerge.schema.json")["$defs"]["evomerge"]["properties"]
    presets = {
        entry["name"]: entry["config"].get("evomerge", {})
        for entry in load_contract("presets.json")["presets"]
    }
    if name not in presets:
        raise ForgeError("not_found", f"There is no preset {name!r}; expected one of {', '.join(presets)}.")
    return EvomergeConfig.of({key: entry["default"] for key, entry in defaults.items()} | presets[name])
