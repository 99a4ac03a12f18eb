"""Dream cycles: some steps on new data, then a look at old data, and dreams of what was known.

Dreams come from a frozen snapshot of the last accepted state, never from the model under training, whose own
samples would drift. A cycle that forgets more of the anchor data than the tolerance is undone, and the next
one dreams twice as much.
"""

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from agent_forge.data.packing import Batch
from agent_forge.models.titan import TinyTitan
from agent_forge.training.dreaming import dream, mean_losses, worth_keeping

if TYPE_CHECKING:
    from agent_forge.training.training_state import Training

MOST_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class DreamPlan:
    """The settings.

    Args:
        share: gamma, the dreams' part of the loss and their rows per new row, in (0, 0.5].
        wake: steps of a cycle.
        most: rows that are kept at once.
        prompt: tokens of real text that a dream begins with.
        length: tokens of a row.
        tolerance: nats a token by which the anchor loss may rise in a cycle.
    """

    share: float = 0.2
    wake: int = 500
    most: int = 2048
    temperature: float = 1.0
    top_p: float = 0.95
    prompt: int = 8
    length: int
    tolerance: float = 0.02


@dataclass(frozen=True, kw_only=True)
class DreamState:
    """Everything of a cycle that is no tensor.

    Args:
        share: gamma of this cycle.
        entry, accepted: anchor loss at the start and of the accepted state, in nats a token.
        anchor: anchor loss at the last gate.
        drawn, kept: dreams so far, and those that passed the filters.
    """

    share: float
    entry: float = 0.0
    accepted: float = 0.0
    anchor: float = 0.0
    cycles: int = 0
    rollbacks: int = 0
    drawn: int = 0
    kept: int = 0


class Dreams:
    """Companion that replays dreams and guards what was known.

    Args:
        model: the one under training; its architecture is the teacher's.
        text: encoded train text (tokens,), where prompts are taken from.
        anchor: loss of a model on held-out old data, nats a token.
        new_rows: rows of a step that are no dreams.
    """

    def __init__(
        self,
        plan: DreamPlan,
        model: TinyTitan,
        text: Tensor,
        anchor: Callable[[TinyTitan], float],
        seed: int,
        new_rows: int,
    ) -> None:
        self.plan = plan
        self.teacher = copy.deepcopy(model).eval().requires_grad_(False)
        self.state = DreamState(share=plan.share)
        self._text, self._anchor, self._seed, self._new_rows = text, anchor, seed, new_rows
        self._buffer = torch.zeros(0, plan.length, dtype=torch.int64)
        self._accepted: dict[str, Tensor] = {}

    @property
    def share(self) -> float:
        """Part of the loss that is the dreams'."""
        return self.state.share

    def rows(self, step: int, new_rows: int) -> Tensor:
        """Dreams of a step, (rows, length); none where none were worth keeping."""
        if len(self._buffer) == 0:
            return self._buffer
        count = self._rows_per_step(new_rows)
        return self._buffer[(torch.arange(count) + step * count) % len(self._buffer)]

    def begin(self, training: "Training") -> None:
        """Take the state at entry as accepted, and dream of it."""
        loss = self._anchor_loss(training)
        self.state = replace(self.state, entry=loss, accepted=loss, anchor=loss)
        self._accept(training)
        self._dream()

    def after(
        self, training: "Training", batch: Batch, step: int, measured: Mapping[str, float] | None
    ) -> Mapping[str, float]:
        """At the end of a cycle accept or undo it; see Companion."""
        if (step + 1) % self.plan.wake == 0:
            self._gate(training)
            self._dream()
        state = self.state
        return {
            "dream_share": state.share, "anchor_loss": state.anchor,
            "dream_rollbacks": float(state.rollbacks), "dreams": float(len(self._buffer)),
        }  # fmt: skip

    def rate_factor(self, step: int) -> float:
        """Dreams leave the rate alone."""
        return 1.0

    def tensors(self) -> dict[str, Tensor]:
        """The dreams and the accepted state."""
        return {"buffer": self._buffer} | {f"accepted.{name}": t for name, t in self._accepted.items()}

    def to_json(self) -> dict[str, Any]:
        """See DreamState."""
        return asdict(self.state)

    def restore(self, tensors: Mapping[str, Tensor], document: Any) -> None:
        """Go on within a cycle."""
        self.state = DreamState(**document)
        self._buffer = tensors["buffer"]
        prefix = "accepted."
        self._accepted = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
        self._teach()

    def _gate(self, training: "Training") -> None:
        loss, state = self._anchor_loss(training), self.state
        state = replace(state, anchor=loss, cycles=state.cycles + 1)
        if loss <= state.accepted + self.plan.tolerance:
            self.state = replace(state, accepted=loss)
            self._accept(training)
            return
        share = min(MOST_SHARE, 2 * state.share)
        self.state = replace(state, share=share, rollbacks=state.rollbacks + 1)
        training.optimizer.state.clear()  # the state at entry has none, and then none must be left
        training.restore(self._accepted)

    def _accept(self, training: "Training") -> None:
        self._accepted = {name: tensor.clone() for name, tensor in training.own_tensors().items()}
        self._teach()

    def _teach(self) -> None:
        """Give the teacher the accepted weights."""
        kept = self._accepted.items()
        weights = {name.removeprefix("model."): t for name, t in kept if name.startswith("model.")}
        self.teacher.load_state_dict(weights)

    def _anchor_loss(self, training: "Training") -> float:
        loss = self._anchor(cast(TinyTitan, training.model))
        training.model.train()  # a measurement leaves it evaluating
        return loss

    def _rows_per_step(self, new_rows: int) -> int:
        return max(1, round(self.state.share * new_rows))

    def _dream(self) -> None:
        """Fill the buffer anew, from the accepted state, with the cycle's own seed."""
        count = min(self.plan.most, self._rows_per_step(self._new_rows) * self.plan.wake)
        rng = random.Random(f"dreams:{self._seed}:{self.state.cycles}")
        starts = torch.tensor([rng.randrange(len(self._text) - self.plan.prompt) for _ in range(count)])
        prompts = self._text[starts[:, None] + torch.arange(self.plan.prompt)].long()
        plan = self.plan
        rows = dream(self.teacher, prompts, plan.length, plan.temperature, plan.top_p, rng.getrandbits(63))
        self._buffer = rows[worth_keeping(rows, mean_losses(self.teacher, rows))]
        self.state = replace(
            self.state, drawn=self.state.drawn + count, kept=self.state.kept + len(self._buffer)
        )
