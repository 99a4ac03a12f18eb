"""What a target is to the phase: it may change the model, plans what to measure, chooses, and writes files.

Exporting, quantising, comparing with torch and measuring are the same for every target and stand outside.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.deployment.config import DeploymentConfig

FP32 = "fp32"  # the variant that every other one is compared with


@dataclass(frozen=True)
class Load:
    """How calls are made: rows of a call, tokens of a row, threads of the runtime."""

    batch: int
    sequence: int
    threads: int

    @property
    def name(self) -> str:
        """As metric names have it."""
        return f"b{self.batch}_s{self.sequence}_t{self.threads}"


@dataclass(frozen=True)
class Variant:
    """One graph of the model.

    Args:
        folder: with `model.onnx`, `model.onnx.data` and `graph.json` (contracts/source/onnx-graph.ts).
        bytes: of all files that have to be downloaded to run it.
        nats: held-out loss in nats per token.
        top1: share of held-out places at which it chooses first what torch does.
    """

    name: str
    folder: Path
    bytes: int
    nats: float
    top1: float


@dataclass(frozen=True)
class Point:
    """What was measured of one variant under one load. Wall times in milliseconds per call.

    `cpu_ms` is process time per call, the figure to trust on a busy machine; `throughput` is tokens per
    second of wall time.
    """

    variant: str
    load: Load
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    cpu_ms: float
    throughput: float
    rss_mib: float


@dataclass(frozen=True)
class Measured:
    """All that a choice may look at.

    Args:
        input_nats: held-out loss of the model that came into the phase, as torch computes it.
        hardware: what it was measured on, for whoever reads the figures.
    """

    variants: Mapping[str, Variant]
    points: Sequence[Point]
    input_nats: float
    hardware: Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """What is deployed, and why. `met`: whether what was measured holds the bound of the objective."""

    variant: str
    load: Load
    met: bool
    why: str


@dataclass(frozen=True)
class Desk:
    """Where a target writes: everything known of the deployment, and the job to publish through.

    Args:
        model: folder of the model that is deployed (already changed by `shape`, where the target does so).
        held_out: token ids that nothing was trained on.
        choice: what `choose` came to.
    """

    context: PhaseContext
    config: DeploymentConfig
    model: Path
    tokenizer: TextTokenizer
    held_out: Tensor
    measured: Measured
    choice: Choice

    @property
    def chosen(self) -> Variant:
        """The variant that is deployed."""
        return self.measured.variants[self.choice.variant]

    def write(self, name: str, text: str, media_type: str) -> None:
        """Publish a text as an artifact of the run."""
        path = self.context.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.context.publish_artifact(name, path, media_type)

    def record(self, name: str, value: float, unit: str) -> str:
        """One metric record of this target; its id."""
        source = f"{type(self).__module__}.Desk.record"
        return self.context.tracker.record(name, value, unit, source=source, model=self.choice.variant)


@dataclass(frozen=True)
class Streams:
    """Token ids to train on, held-out ones to decide with, and held-out ones that decide nothing."""

    tokenizer: TextTokenizer
    train: Tensor
    guard: Tensor
    held_out: Tensor


@dataclass(frozen=True)
class Plan:
    """What is made and measured; from the settings unless the target says otherwise."""

    variants: Sequence[str]
    loads: Sequence[Load]
    calls: int
    warm_ups: int


class Adapter(ABC):
    """A target. One instance per job; it holds nothing between two calls."""

    target: str

    def plan(self, config: DeploymentConfig) -> Plan:
        """What to make and to measure: every batch with every sequence and thread count of the settings."""
        loads = [
            Load(batch, sequence, threads)
            for threads in config.thread_counts
            for sequence in config.sequences
            for batch in config.batches
        ]
        variants = list(dict.fromkeys([FP32, *config.variants]))
        return Plan(variants, loads, config.calls, config.warm_ups)

    def shape(
        self, context: PhaseContext, config: DeploymentConfig, model: TinyTitan, streams: Streams
    ) -> TinyTitan:
        """The model to export: the one that came in, unless the target changes it (then: checkpoint)."""
        return model

    @abstractmethod
    def choose(self, config: DeploymentConfig, measured: Measured) -> Choice:
        """What is deployed, by the target's objective. Looks at nothing but its arguments."""

    @abstractmethod
    def emit(self, desk: Desk) -> None:
        """Write what the target needs beside the graph, and record its own figures through the desk."""
