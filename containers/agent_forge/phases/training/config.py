"""Settings of phase 5, flat and complete: `context.config` holds every key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch

from agent_forge.data.mixtures import Mixture
from agent_forge.errors import ForgeError
from agent_forge.training.dreams import DreamPlan
from agent_forge.training.edge_controller import Edge
from agent_forge.training.schedule import Schedule

OFF = "off"
LEAST_ANCHOR = 0.1  # share of rows that stay real text while dreams are replayed
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    grokfast: str
    grokfast_alpha: float
    grokfast_window: int
    grokfast_amplification: float
    self_model_weight: float
    self_model_ramp: float
    self_model_detach: str
    dreams: str
    dream_share: float
    dream_wake: int
    dream_buffer: int
    dream_prompt: int
    dream_temperature: float
    dream_top_p: float
    dream_tolerance: float
    edge: bool
    edge_target: float
    edge_band: float
    edge_window: int
    edge_first: float
    temperature_start: float
    temperature_share: float
    synthetic_share: float
    thought_every: int
    seq_len: int
    batch_size: int
    steps: int
    learning_rate: float
    min_lr_fraction: float
    warmup_steps: int
    weight_decay: float
    grad_clip: float
    precision: str
    train_tokens: int
    held_out_tokens: int
    held_out_every: int
    eval_rows: int
    eval_stride: int
    eval_batch_size: int
    bootstrap_draws: int
    log_every: int

    @staticmethod
    def of(document: Mapping[str, Any]) -> "TrainingConfig":
        """Read the resolved settings; the schema checks ranges, relations between keys are checked here.

        Raises:
            ForgeError(validation): a key is missing or unknown, or two values do not go together.
        """
        known = {f.name for f in fields(TrainingConfig)}
        if set(document) != known:
            missing, unknown = sorted(known - set(document)), sorted(set(document) - known)
            raise ForgeError(
                "validation",
                f"Settings of phase training: missing {missing}, unknown {unknown};"
                f" expected exactly {sorted(known)}.",
            )
        config = TrainingConfig(**document)
        for problem in config._problems():
            raise ForgeError("validation", f"Settings of phase training: {problem}.")
        return config

    def _problems(self) -> list[str]:
        found = []
        if self.edge and self.synthetic_share == 0:
            found.append(
                "edge is on and synthetic_share is 0, so that there is nothing whose difficulty could change;"
                " expected a share above 0"
            )
        if self.dreams != OFF and self.synthetic_share > 1 - LEAST_ANCHOR:
            found.append(
                f"with dreams synthetic_share is {self.synthetic_share}; expected at most {1 - LEAST_ANCHOR},"
                " so that a tenth of the rows stays real text"
            )
        if self.dreams != OFF and self.dream_prompt > self.seq_len:
            found.append(
                f"dream_prompt is {self.dream_prompt}; expected at most seq_len = {self.seq_len}, so that"
                " something is left to dream"
            )
        return found

    @property
    def schedule(self) -> Schedule:
        """One schedule over all steps."""
        return Schedule(self.learning_rate, self.steps, self.warmup_steps, self.min_lr_fraction)

    @property
    def mixture(self) -> Mixture:
        """Graded questions between the rows of text."""
        return Mixture("graded", self.synthetic_share)

    @property
    def edge_settings(self) -> Edge:
        """Of the difficulty controller."""
        return Edge(
            target=self.edge_target, band=self.edge_band, window=self.edge_window, first=self.edge_first
        )

    @property
    def dream_plan(self) -> DreamPlan:
        """Of dream cycles; a dream is as long as a row."""
        return DreamPlan(
            share=self.dream_share, wake=self.dream_wake, most=self.dream_buffer, prompt=self.dream_prompt,
            temperature=self.dream_temperature, top_p=self.dream_top_p, tolerance=self.dream_tolerance,
            length=self.seq_len + 1,
        )  # fmt: skip

    @property
    def dtype(self) -> torch.dtype:
        """Of matrix products."""
        return PRECISIONS[self.precision]

    def to_json(self) -> dict[str, Any]:
        """The settings as a document."""
        return asdict(self)
