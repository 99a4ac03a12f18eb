"""Settings of phase 1, flat and complete: `context.config` holds every key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from agent_forge.contracts import load_contract
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
    """Resolved settings; defaults and bounds stand in the contract. Lengths and windows are in tokens."""

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
            lineage=LineageConfig(seed=seed, held_out_every=self.held_out_every),
            tokenizer_hash=tokenizer_hash,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The settings as a document."""
        return asdict(self)


def preset(name: str) -> CognateConfig:
    """The settings of a named preset: the contract's defaults and what the preset changes.

    Raises:
        ForgeError(not_found): there is no such preset; names those that there are.
    """
    defaults = load_contract("schemas/phases/cognate.schema.json")["$defs"]["cognate"]["properties"]
    presets = {
        entry["name"]: entry["config"].get("cognate", {})
        for entry in load_contract("presets.json")["presets"]
    }
    if name not in presets:
        raise ForgeError("not_found", f"There is no preset {name!r}; expected one of {', '.join(presets)}.")
    return CognateConfig.of({key: entry["default"] for key, entry in defaults.items()} | presets[name])
