"""Edge of chaos: keep the share of right answers in a band by changing how hard the questions are.

The law is proportional control with a dead band; that learning is fastest at some share of errors is derived
for binary classifiers by Wilson et al. 2019 ("The eighty five percent rule for optimal learning", Nature
Communications 10:4646). The target is a setting, because that rate is none of a language model.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from torch import Tensor

from agent_forge.data.packing import Batch

if TYPE_CHECKING:
    from agent_forge.training.training_state import Training

GAIN, LARGEST_MOVE = 0.2, 0.05  # dD = GAIN * error, at most LARGEST_MOVE either way
# After a spike of the gradient: easier at once, half the rate for so many steps.
ALARM_MOVE, ALARM_STEPS, ALARM_RATIO = 0.1, 100, 10.0
NORMS, FEWEST_NORMS = 101, 10  # gradient norms behind the running median


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The controller's settings.

    Args:
        target: share of right answers aimed at, in (0, 1).
        band: within so much of the target nothing is changed.
        decay: of the running share of right answers, per step that asked anything.
        window: graded answers between two decisions.
        first: difficulty to begin with, 0 to 1.
    """

    target: float = 0.65
    band: float = 0.10
    decay: float = 0.9
    window: int = 200
    first: float = 0.0


@dataclass(frozen=True, kw_only=True)
class EdgeState:
    """Everything that the next decision depends on.

    Args:
        difficulty: 0 to 1.
        success: running share of right answers; None before the first.
        graded: answers since the last decision.
        windows, in_band, turns, moves: decisions, those within the band, changes of direction, and changes.
        slow_until: first step at the full rate again.
        norms: the last gradient norms.
    """

    difficulty: float
    success: float | None = None
    graded: int = 0
    windows: int = 0
    in_band: int = 0
    turns: int = 0
    moves: int = 0
    direction: int = 0
    slow_until: int = 0
    norms: tuple[float, ...] = ()

    def answered(self, edge: Edge, right: int, graded: int) -> "EdgeState":
        """After `graded` answers of which `right` were right: a decision where the window is full."""
        if graded == 0:
            return self
        share = right / graded
        success = share if self.success is None else edge.decay * self.success + (1 - edge.decay) * share
        state = replace(self, success=success, graded=self.graded + graded)
        return state if state.graded < edge.window else state._decided(edge, success - edge.target)

    def _decided(self, edge: Edge, error: float) -> "EdgeState":
        state = replace(self, graded=0, windows=self.windows + 1)
        if abs(error) <= edge.band:
            return replace(state, in_band=state.in_band + 1)
        return state.moved(max(-LARGEST_MOVE, min(LARGEST_MOVE, GAIN * error)))

    def moved(self, change: float) -> "EdgeState":
        """At another difficulty, as far as there is one."""
        difficulty = min(1.0, max(0.0, self.difficulty + change))
        if difficulty == self.difficulty:
            return self
        direction = 1 if difficulty > self.difficulty else -1
        turned = self.direction not in (0, direction)
        return replace(
            self, difficulty=difficulty, moves=self.moves + 1, direction=direction,
            turns=self.turns + int(turned),
        )  # fmt: skip

    def stepped(self, step: int, norm: float | None) -> "EdgeState":
        """After a step's gradient norm, None where it was not finite: one far too large is an alarm."""
        if norm is None or not math.isfinite(norm):
            return self.moved(-ALARM_MOVE)
        spike = len(self.norms) >= FEWEST_NORMS and norm > ALARM_RATIO * median(self.norms)
        state = replace(self, norms=(*self.norms, norm)[-NORMS:])
        return replace(state.moved(-ALARM_MOVE), slow_until=step + 1 + ALARM_STEPS) if spike else state

    def to_json(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {**asdict(self), "norms": list(self.norms)}

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "EdgeState":
        """Inverse of `to_json`."""
        return EdgeState(**{**document, "norms": tuple(document["norms"])})


class EdgeController:
    """Companion that grades the answers of every batch; whoever draws the next batch reads `difficulty`.

    A step counts its graded answers per row as `graded` and those that were right as `right`.
    """

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.state = EdgeState(difficulty=edge.first)

    @property
    def difficulty(self) -> float:
        """Of the next batch, 0 to 1."""
        return self.state.difficulty

    def begin(self, training: "Training") -> None:
        """Nothing to prepare."""

    def after(
        self, training: "Training", batch: Batch, step: int, measured: Mapping[str, float] | None
    ) -> Mapping[str, float]:
        """Take note of a step; see Companion."""
        found = measured or {}
        self.state = self.state.stepped(step, found.get("gradient_norm"))
        right, graded = (round(found.get(key, 0.0) * batch.rows) for key in ("right", "graded"))
        self.state = self.state.answered(self.edge, right, graded)
        return self.shown()

    def shown(self) -> dict[str, float]:
        """Difficulty, running success and how the decisions went."""
        state = self.state
        values = {"edge_difficulty": state.difficulty, "edge_windows": float(state.windows)}
        if state.success is not None:
            values["edge_success"] = state.success
        if state.windows:
            values["edge_in_band_share"] = state.in_band / state.windows
        return values

    def rate_factor(self, step: int) -> float:
        """A half for a while after an alarm."""
        return 0.5 if step < self.state.slow_until else 1.0

    def tensors(self) -> dict[str, Tensor]:
        """None: all state is JSON."""
        return {}

    def to_json(self) -> dict[str, Any]:
        """See EdgeState."""
        return self.state.to_json()

    def restore(self, tensors: Mapping[str, Tensor], document: Any) -> None:
        """Go on from this state."""
        self.state = EdgeState.from_json(document)
