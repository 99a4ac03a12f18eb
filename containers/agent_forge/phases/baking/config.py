"""Settings of phase 6, flat and complete: `context.config` holds every key."""

from dataclasses import dataclass
from typing import Any, ClassVar

from agent_forge.data.mixtures import Mixture
from agent_forge.settings import PhaseSettings
from agent_forge.training.schedule import Schedule

UNION, SEQUENCE = "union", "sequence"
LOW_RANK = "low-rank"


@dataclass(frozen=True, kw_only=True)
class BakingConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    slug: ClassVar[str] = "baking"

    prompts: list[dict[str, Any]]
    order: str
    rounds: int
    pursuit_gain: float
    method: str
    rank: int
    alpha: float
    strength: float
    stop_kl: float
    stop_share: float
    check_every: int
    answers: int
    input_tokens: int
    answer_tokens: int
    temperature: float
    retain_weight: float
    retain_rows: int
    synthetic_share: float
    probe_count: int
    batch_size: int
    steps: int
    learning_rate: float
    min_lr_fraction: float
    warmup_steps: int
    weight_decay: float
    grad_clip: float
    seq_len: int
    train_tokens: int
    held_out_tokens: int
    held_out_every: int
    eval_rows: int
    eval_stride: int
    eval_batch_size: int
    bootstrap_draws: int
    log_every: int

    @property
    def schedule(self) -> Schedule:
        """One schedule over the steps of each bake."""
        return Schedule(self.learning_rate, self.steps, self.warmup_steps, self.min_lr_fraction)

    @property
    def mixture(self) -> Mixture:
        """Questions between the rows of text that the model must not change on."""
        return Mixture("graded", self.synthetic_share)
