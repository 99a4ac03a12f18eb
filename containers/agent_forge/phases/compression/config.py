"""Settings of phase 8, flat and complete: `context.config` holds every key."""

from dataclasses import dataclass
from typing import ClassVar

from agent_forge.compression.search import Budget
from agent_forge.settings import PhaseSettings


@dataclass(frozen=True, kw_only=True)
class CompressionConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    slug: ClassVar[str] = "compression"

    candidates: list[str]
    most_loss: float
    most_bits: float
    retries: int
    workers: int
    disturbance: float
    calibration_rows: int
    sensitivity_rows: int
    seq_len: int
    batch_size: int
    train_tokens: int
    held_out_tokens: int
    held_out_every: int
    eval_stride: int
    profile_repeats: int

    def budget(self, weights: int) -> Budget:
        """What decides, of a model of so many weights."""
        limit = self.most_bits * weights / 8 if self.most_bits > 0 else None
        return Budget(self.most_loss, limit, self.retries)
