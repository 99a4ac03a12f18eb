"""What an individual is worth: four objectives, counted and never timed, and their weighted sum.

Legend: B rows, T tokens, P positions of the probe, V vocabulary rows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from agent_forge.evaluation.flops import flops_per_token
from agent_forge.evaluation.held_out import HeldOut, score_model
from agent_forge.evaluation.probes import text_rows
from agent_forge.models.titan import TinyTitan

PROBE_ROWS = 2
NATS_ABOVE_BASE = 1.0  # a merge that loses more per token than this is broken, not bad
LEAST_ACCURACY = 0.01  # below this a base knows nothing, and one lucky token must not double a fitness
REFERENCE = (2.0, 2.0, 2.0, 2.0)  # of the hypervolume: twice the base in every objective
OBJECTIVES = ("perplexity", "error", "operations", "bytes")  # as shares of the base's, all to be small


@dataclass(frozen=True)
class Measures:
    """Figures of one model on one stream. `accuracy`: share of next tokens that were the first choice."""

    bits_per_byte: float
    perplexity: float
    accuracy: float
    flops_per_token: float
    bytes: int
    ponder_steps: float

    def to_json(self) -> dict[str, float]:
        """The figures by name."""
        return asdict(self)

    @property
    def finite(self) -> bool:
        """False when a weight or a logit left the finite range."""
        return all(math.isfinite(value) for value in asdict(self).values())


@dataclass(frozen=True)
class Outcome:
    """What evaluating a genome gave: measures, or the reason why it is infeasible."""

    measures: Measures | None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON knows no NaN: what is infeasible has a reason instead of numbers."""
        return {"measures": self.measures.to_json() if self.measures else None, "reason": self.reason}

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Outcome":
        """Read what `to_json` wrote."""
        measures = document["measures"]
        return Outcome(Measures(**measures) if measures else None, document["reason"])


def measured(model: TinyTitan, held_out: HeldOut, seq_len: int, batch_size: int) -> Measures:
    """Measure a model on disjoint rows of a stream; NaN where it is broken.

    Args:
        held_out: the stream, with the tokenizer's bytes.
    """
    score = score_model(model, held_out, seq_len, seq_len, batch_size)
    rows_BT = text_rows(held_out, seq_len, PROBE_ROWS).to(model.device)
    return Measures(
        score.bits_per_byte, _perplexity(score.bits, score.tokens), score.accuracy,
        flops_per_token(model, rows_BT), _size(model), score.ponder_steps,
    )  # fmt: skip


def judged(measures: Measures, base: Measures) -> Outcome:
    """Feasible or not; never a number in place of one that is missing."""
    if not measures.finite:
        return Outcome(None, "a weight or a logit is not finite")
    above = math.log(measures.perplexity) - math.log(base.perplexity)
    if above > NATS_ABOVE_BASE:
        return Outcome(
            None, f"loses {above:.2f} nats per token more than the base; {NATS_ABOVE_BASE} are allowed"
        )
    return Outcome(measures)


def objectives(measures: Measures, base: Measures) -> tuple[float, float, float, float]:
    """Perplexity, error, operations per token and bytes, each as a share of the base's."""
    return (
        measures.perplexity / base.perplexity,
        (1.0 - measures.accuracy) / max(1.0 - base.accuracy, 1e-6),
        measures.flops_per_token / base.flops_per_token,
        measures.bytes / base.bytes,
    )


def fitness(measures: Measures, base: Measures, weights: Sequence[float]) -> float:
    """Weighted mean of how many times better than the base a model is in each objective; the base has 1.

    Args:
        weights: of perplexity, accuracy, speed and memory.
    """
    gains = (
        base.perplexity / measures.perplexity,
        measures.accuracy / max(base.accuracy, LEAST_ACCURACY),
        base.flops_per_token / measures.flops_per_token,
        base.bytes / measures.bytes,
    )
    return sum(weight * gain for weight, gain in zip(weights, gains, strict=True)) / sum(weights)


@torch.no_grad()
def predictions(model: TinyTitan, held_out: HeldOut, seq_len: int, positions: int) -> Tensor:
    """Next-token probabilities (P, V) at evenly spaced positions of the stream's first rows, as float16."""
    rows_BT = text_rows(held_out, seq_len, PROBE_ROWS).to(model.device)
    logits = model(rows_BT, compact=True).logits_BTV.flatten(0, 1)
    count = min(positions, len(logits))
    places = torch.arange(count) * len(logits) // count
    return logits[places.to(logits.device)].softmax(dim=-1).half().cpu()


def all_finite(model: TinyTitan) -> bool:
    """False when a weight is NaN or infinite."""
    return all(bool(tensor.isfinite().all()) for tensor in model.state_dict().values())


def _size(model: TinyTitan) -> int:
    """Bytes of all weights; what a file adds to them says nothing of the model."""
    return sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values())


def _perplexity(bits: float, tokens: int) -> float:
    """Per token; infinite where it would overflow."""
    mean = bits / tokens
    return float(2.0**mean) if mean < 1000 else math.inf
