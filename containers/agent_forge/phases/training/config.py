"""Settings of phase 5, flat and complete: `context.config` holds every key."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from agent_forge.data.mixtures import Mixture
from agent_forge.settings import PhaseSettings
from agent_forge.training.dreams import DreamPlan
from agent_forge.training.edge_controller import Edge
from agent_forge.training.schedule import Schedule

OFF = "off"
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, kw_only=True)
class TrainingConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    slug: ClassVar[str] = "training"

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
