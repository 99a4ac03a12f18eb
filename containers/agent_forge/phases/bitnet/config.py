"""Settings of phase 4, flat and complete: `context.config` holds every key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.models.config import QuantConfig
from agent_forge.models.packed_header import Storage
from agent_forge.training.schedule import Schedule

# Never ternary: what is not a projection of a block, by the names of its tensors.
ALWAYS_KEPT = ("embedding.*", "*norm.*", "ltm.*", "act.*", "thought.*")


@dataclass(frozen=True, kw_only=True)
class BitnetConfig:
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

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

    @staticmethod
    def of(document: Mapping[str, Any]) -> "BitnetConfig":
        """Read the resolved settings; the schema checks ranges, relations between keys are checked here.

        Raises:
            ForgeError(validation): a key is missing or unknown, or two values do not go together.
        """
        known = {f.name for f in fields(BitnetConfig)}
        if set(document) != known:
            missing, unknown = sorted(known - set(document)), sorted(set(document) - known)
            raise ForgeError(
                "validation",
                f"Settings of phase bitnet: missing {missing}, unknown {unknown};"
                f" expected exactly {sorted(known)}.",
            )
        config = BitnetConfig(**document)
        if config.eval_stride > config.seq_len:
            raise ForgeError(
                "validation",
                f"eval_stride is {config.eval_stride}; expected at most seq_len = {config.seq_len}.",
            )
        return config

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

    def to_json(self) -> dict[str, Any]:
        """The settings as a document."""
        return asdict(self)
