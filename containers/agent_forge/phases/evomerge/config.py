"""Settings of phase 2, flat and complete: `context.config` holds every key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from agent_forge.phases.evomerge.variation import Rates
from agent_forge.settings import PhaseSettings


@dataclass(frozen=True, kw_only=True)
class EvomergeConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    slug: ClassVar[str] = "evomerge"

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

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """Of perplexity, accuracy, speed and memory."""
        return self.weight_perplexity, self.weight_accuracy, self.weight_speed, self.weight_memory

    @property
    def rates(self) -> Rates:
        """How strongly children differ from their parents."""
        return Rates(self.crossover_rate, self.crossover_eta, self.mutation_eta, self.reset_rate)
