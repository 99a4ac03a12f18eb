"""The selection under a budget: prediction proposes, measured loss decides, and predictions are corrected."""

from collections.abc import Callable
from dataclasses import dataclass

from agent_forge.codecs.allocation import Chosen, total_distortion, total_rate, within_bytes, within_loss
from agent_forge.compression.selection import Catalogue


@dataclass(frozen=True)
class Attempt:
    """One selection. Losses are rises over the input model in nats a token, on the text that decides.

    `price` is in nats a byte.
    """

    number: int
    chosen: Chosen
    price: float
    file: bytes
    predicted_bytes: float
    predicted_loss: float
    measured_loss: float

    @property
    def byte_error(self) -> float:
        """|predicted - real| bytes over real ones."""
        return abs(self.predicted_bytes - len(self.file)) / len(self.file)

    @property
    def additivity_error(self) -> float:
        """How far the sum of single losses is from the loss of all together, in nats a token."""
        return abs(self.predicted_loss - self.measured_loss)


@dataclass(frozen=True)
class Budget:
    """What decides: bytes of the file where `bytes` is set, the loss otherwise."""

    loss: float
    bytes: float | None
    retries: int

    def holds(self, attempt: Attempt) -> bool:
        """Whether a file keeps it."""
        if self.bytes is not None:
            return len(attempt.file) <= self.bytes
        return attempt.measured_loss <= self.loss


LEAST_STEP = 0.25  # of the scale of predictions, from one attempt to the next
Measure = Callable[[bytes], float]
Announce = Callable[[Attempt, bool], None]


def search(catalogue: Catalogue, budget: Budget, measure: Measure, announce: Announce) -> Attempt:
    """The smallest file that keeps the loss, or the best one within the bytes.

    Where a file costs more loss than allowed, predictions are doubled, which halves what a nat may cost in
    bytes; where it costs less, they are scaled by what was measured, which may allow a smaller file. At most
    `retries` more files are made. Where none keeps the loss, the last one is returned.

    Args:
        measure: loss of the model that a file holds.
        announce: told of every attempt, and whether it is the best so far.
    """
    if budget.bytes is not None:
        return _within_bytes(catalogue, budget, budget.bytes, measure, announce)
    best: Attempt | None = None
    last: Attempt | None = None
    scale = 1.0
    for number in range(budget.retries + 1):
        chosen, price = within_loss(catalogue.table(scale=scale), budget.loss)
        if last is not None and chosen_names(chosen) == chosen_names(last.chosen):
            break
        last = _attempt(catalogue, number, chosen, price, measure, scale)
        holds = budget.holds(last)
        kept = holds and (best is None or len(last.file) < len(best.file))
        announce(last, kept)
        if not holds and best is not None:
            break
        best = last if kept else best
        scale *= max(LEAST_STEP, last.measured_loss / (scale * last.predicted_loss)) if holds else 2.0
    found = best or last
    assert found is not None
    return found


def chosen_names(chosen: Chosen) -> dict[str, str]:
    """Candidate by tensor."""
    return {name: choice.name for name, choice in chosen.items()}


def _within_bytes(
    catalogue: Catalogue, budget: Budget, limit: float, measure: Measure, announce: Announce
) -> Attempt:
    found = within_bytes(catalogue.table(), limit - catalogue.fixed_bytes)
    # Where nothing fits, the smallest is made all the same: the gates decide over it.
    chosen, price = found or within_loss(catalogue.table(), float("inf"))
    attempt = _attempt(catalogue, 0, chosen, price, measure, 1.0)
    announce(attempt, budget.holds(attempt))
    return attempt


def _attempt(
    catalogue: Catalogue, number: int, chosen: Chosen, price: float, measure: Measure, scale: float
) -> Attempt:
    file = catalogue.file(chosen)
    loss = total_distortion(chosen) / scale
    size = catalogue.fixed_bytes + total_rate(chosen)
    return Attempt(number, chosen, price, file, size, loss, measure(file))
