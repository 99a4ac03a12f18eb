"""Settings of phase 3, flat and complete: `context.config` holds every key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.models.config import ThoughtConfig
from agent_forge.training.schedule import Schedule

MIX = "log-probs"


@dataclass(frozen=True, kw_only=True)
class QuietStarConfig:
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

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
    checkpoint_every_steps: int

    @staticmethod
    def of(document: Mapping[str, Any]) -> "QuietStarConfig":
        """Read the resolved settings; the schema checks ranges, relations between keys are checked here.

        Raises:
            ForgeError(validation): a key is missing or unknown, or two values do not go together.
        """
        known = {f.name for f in fields(QuietStarConfig)}
        if set(document) != known:
            missing, unknown = sorted(known - set(document)), sorted(set(document) - known)
            raise ForgeError(
                "validation",
                f"Settings of phase quiet-star: missing {missing}, unknown {unknown};"
                f" expected exactly {sorted(known)}.",
            )
        config = QuietStarConfig(**document)
        if config.every + config.n_true > config.seq_len:
            raise ForgeError(
                "validation",
                f"every {config.every} and n_true {config.n_true} leave no place for a thought in"
                f" seq_len {config.seq_len}; expected every + n_true of at most seq_len.",
            )
        return config

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

    def to_json(self) -> dict[str, Any]:
        """The settings as a document."""
        return asdict(self)
