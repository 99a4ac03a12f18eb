"""Settings of phase 1, flat and complete: `context.config` holds every key."""

from dataclasses import dataclass
from typing import ClassVar

from agent_forge.errors import ForgeError
from agent_forge.models.config import (
    ActConfig,
    ArchConfig,
    LineageConfig,
    LtmConfig,
    ModelConfig,
    QuantConfig,
)
from agent_forge.settings import PhaseSettings
from agent_forge.training.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class CognateConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths and windows are in tokens."""

    slug: ClassVar[str] = "cognate"

    d_model: int
    num_layers: int
    num_heads: int
    d_ff: int
    vocab_size: int
    seq_len: int
    window: int
    batch_size: int
    steps: int
    base_fraction: float
    learning_rate: float
    min_lr_fraction: float
    warmup_steps: int
    weight_decay: float
    grad_clip: float
    subln: bool
    act_enabled: bool
    act_n_max: int
    act_eps: float
    act_halt_bias: float
    ponder_tau: float
    ltm_enabled: bool
    ltm_dim: int
    ltm_depth: int
    ltm_chunk: int
    ltm_conv: int
    ltm_persistent: int
    held_out_every: int
    tokenizer_bytes: int
    train_tokens: int
    held_out_tokens: int
    eval_stride: int
    eval_batch_size: int
    synthetic_share: float
    probe_items: int
    log_every: int

    def require_buildable(self) -> None:
        """Refuse sizes that describe no model; see PhaseSettings."""
        try:
            self.model(tokenizer_hash="", seed=0)
        except ValueError as error:
            raise ForgeError(
                "validation", f"Settings of phase cognate do not describe a model: {error}."
            ) from error

    @property
    def base_steps(self) -> int:
        """Steps spent on the shared base."""
        return round(self.steps * self.base_fraction)

    @property
    def schedule(self) -> Schedule:
        """One schedule over base and continuation."""
        return Schedule(self.learning_rate, self.steps, self.warmup_steps, self.min_lr_fraction)

    def model(self, tokenizer_hash: str, seed: int) -> ModelConfig:
        """config.json of the base."""
        return ModelConfig(
            arch=ArchConfig(
                d_model=self.d_model, num_layers=self.num_layers, num_heads=self.num_heads, d_ff=self.d_ff,
                vocab_size=self.vocab_size, window=self.window,
            ),
            act=ActConfig(
                enabled=self.act_enabled, n_max=self.act_n_max, eps=self.act_eps, halt_bias=self.act_halt_bias
            ),
            ltm=LtmConfig(
                enabled=self.ltm_enabled, dim=self.ltm_dim, depth=self.ltm_depth, chunk=self.ltm_chunk,
                conv=self.ltm_conv, persistent=self.ltm_persistent,
            ),
            quant=QuantConfig(subln=self.subln),
            lineage=LineageConfig(seed=seed, held_out_every=self.held_out_every),
            tokenizer_hash=tokenizer_hash,
        )  # fmt: skip
