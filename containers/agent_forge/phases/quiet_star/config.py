"""Settings of phase 3, flat and complete: `context.config` holds every key."""

from dataclasses import dataclass
from typing import ClassVar

from agent_forge.models.config import ThoughtConfig
from agent_forge.settings import PhaseSettings
from agent_forge.training.schedule import Schedule

MIX = "log-probs"


@dataclass(frozen=True, kw_only=True)
class QuietStarConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    slug: ClassVar[str] = "quiet-star"

    n_thought: int
    n_true: int
    samples: int
    select: str
    every: int
    threshold: float
    temperature: float
    first_weight: float
    mark_noise: float
    policy_weight: float
    quiet_weight: float
    reward_clip: float
    seq_len: int
    batch_size: int
    steps: int
    learning_rate: float
    min_lr_fraction: float
    warmup_steps: int
    weight_decay: float
    grad_clip: float
    train_tokens: int
    held_out_tokens: int
    held_out_every: int
    eval_rows: int
    eval_batch_size: int
    bootstrap_draws: int
    log_every: int

    @property
    def schedule(self) -> Schedule:
        """One schedule over all steps, of both arms."""
        return Schedule(self.learning_rate, self.steps, self.warmup_steps, self.min_lr_fraction)

    def thought(self, start_id: int, end_id: int) -> ThoughtConfig:
        """The thought block of config.json."""
        return ThoughtConfig(
            enabled=True, start_id=start_id, end_id=end_id, n_thought=self.n_thought, n_true=self.n_true,
            mix=MIX, select=self.select, every=self.every, threshold=self.threshold,
            temperature=self.temperature,
        )  # fmt: skip
