"""Settings of phase 4, flat and complete: `context.config` holds every key."""

from dataclasses import dataclass
from typing import ClassVar

from agent_forge.models.config import QuantConfig
from agent_forge.models.packed_header import Storage
from agent_forge.settings import PhaseSettings
from agent_forge.training.schedule import Schedule

# Never ternary: what is not a projection of a block, by the names of its tensors.
ALWAYS_KEPT = ("embedding.*", "*norm.*", "ltm.*", "act.*", "thought.*")


@dataclass(frozen=True, kw_only=True)
class BitnetConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    slug: ClassVar[str] = "bitnet"

    kept_fp: list[str]
    packing: str
    embedding_stored: str
    kept_stored: str
    strength_share: float
    thought_every: int
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
    eval_stride: int
    eval_batch_size: int
    calibration_rows: int
    profile_repeats: int
    log_every: int

    @property
    def schedule(self) -> Schedule:
        """One schedule over all steps."""
        return Schedule(self.learning_rate, self.steps, self.warmup_steps, self.min_lr_fraction)

    @property
    def storage(self) -> Storage:
        """How the packed file holds what."""
        return Storage(packing=self.packing, embedding=self.embedding_stored, kept=self.kept_stored)

    def quant(self, before: QuantConfig) -> QuantConfig:
        """The quant block of config.json: what stays in floating point is listed there in full."""
        return QuantConfig(
            enabled=True, kept_fp=(*ALWAYS_KEPT, *self.kept_fp), packing=self.packing, subln=before.subln
        )
