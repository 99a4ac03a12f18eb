"""Settings of phase 1, flat and complete: `context.config` holds every key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.models.config import (
    ActConfig,
    ArchConfig,
    LineageConfig,
    LtmConfig,
    ModelConfig,
    QuantConfig,
)
from agent_forge.training.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class CognateConfig:
    """Resolved settings; the defaults are the demo preset. Lengths and windows are in tokens."""

    d_model: int = 256
    num_layers: int = 2
    num_heads: int = 4
    d_ff: int = 512
    vocab_size: int = 2048
    seq_len: int = 128
    window: int = 64
    batch_size: int = 4
    steps: int = 350
    base_fraction: float = 0.5
    learning_rate: float = 0.003
    min_lr_fraction: float = 0.05
    warmup_steps: int = 20
    weight_decay: float = 0.1
    grad_clip: float = 1.0
    subln: bool = True
    act_enabled: bool = True
    act_n_max: int = 2
    act_eps: float = 0.01
    act_halt_bias: float = 1.0
    ponder_tau: float = 0.02
    ltm_enabled: bool = True
    ltm_dim: int = 64
    ltm_depth: int = 1
    ltm_chunk: int = 32
    ltm_conv: int = 4
    ltm_persistent: int = 0
    held_out_every: int = 23
    tokenizer_bytes: int = 4_000_000
    train_tokens: int = 400_000
    held_out_tokens: int = 16_384
    eval_stride: int = 96
    eval_batch_size: int = 16
    synthetic_share: float = 0.4
    probe_items: int = 64
    log_every: int = 10

    @staticmethod
    def of(document: Mapping[str, Any]) -> "CognateConfig":
        """Read the resolved settings; the schema checks ranges, relations between keys are checked here.

        Raises:
            ForgeError(validation): a key is missing or unknown, or two values do not go together.
        """
        known = {f.name for f in fields(CognateConfig)}
        if set(document) != known:
            missing, unknown = sorted(known - set(document)), sorted(set(document) - known)
            raise ForgeError(
                "validation",
                f"Settings of phase cognate: missing {missing}, unknown {unknown};"
                f" expected exactly {sorted(known)}.",
            )
        config = CognateConfig(**document)
        try:
            config.model(tokenizer_hash="", seed=0)
        except ValueError as error:
            raise ForgeError(
                "validation", f"Settings of phase cognate do not describe a model: {error}."
            ) from error
        if not 1 <= config.base_steps < config.steps:
            raise ForgeError(
                "validation",
                f"base_fraction {config.base_fraction} of {config.steps} steps is {config.base_steps};"
                " expected at least one step for the base and one for the variants. Raise steps or change"
                " base_fraction.",
            )
        return config

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
            lineage=LineageConfig(seed=seed),
            tokenizer_hash=tokenizer_hash,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The settings as a document."""
        return asdict(self)


PRESETS: dict[str, CognateConfig] = {
    "demo": CognateConfig(),
    "test": CognateConfig(
        d_model=64, num_heads=2, d_ff=128, vocab_size=512, seq_len=64, window=32, steps=40,
        learning_rate=0.006, warmup_steps=4, ltm_dim=32, ltm_chunk=16, held_out_every=5,
        tokenizer_bytes=200_000, train_tokens=40_000, held_out_tokens=2_048, eval_stride=48, probe_items=16,
        log_every=5,
    ),
}  # fmt: skip
