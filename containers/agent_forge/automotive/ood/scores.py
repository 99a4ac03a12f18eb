"""Scores of how unlike an input is to what a model knows; the higher, the stranger.

Energy: Liu et al. 2020 (arXiv 2010.03759), section 3.1. Mahalanobis distance: Lee et al. 2018 (arXiv
1807.03888), with one class and a shrunk covariance (Chen et al. 2010, arXiv 0907.4698, equation 23). The
largest softmax probability is the baseline: Hendrycks and Gimpel 2016 (arXiv 1610.02136).

Legend: B inputs, T tokens of an input, V vocabulary rows, D width of the last hidden state.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent_forge.errors import ForgeError

Array = NDArray[np.float64]
FEWEST_STATES = 8


def energy(logits_BTV: NDArray[np.floating]) -> Array:
    """-logsumexp of the logits at temperature 1, mean over the tokens; (B,)."""
    logits = np.asarray(logits_BTV, dtype=np.float64)
    most = logits.max(axis=-1, keepdims=True)
    sums = most[..., 0] + np.log(np.exp(logits - most).sum(axis=-1))
    found: Array = -sums.mean(axis=-1)
    return found


def doubt(logits_BTV: NDArray[np.floating]) -> Array:
    """1 - the largest softmax probability, mean over the tokens; (B,), within 0..1."""
    logits = np.asarray(logits_BTV, dtype=np.float64)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    found: Array = 1.0 - (1.0 / weights.sum(axis=-1)).mean(axis=-1)
    return found


@dataclass(frozen=True)
class Neighbourhood:
    """Where the hidden states of known inputs lie: their mean and the inverse of their covariance."""

    mean_D: Array
    precision_DD: Array
    shrinkage: float

    @staticmethod
    def of(states_BD: NDArray[np.floating]) -> "Neighbourhood":
        """Fit to one state per input.

        Raises:
            ForgeError(validation): fewer than `FEWEST_STATES` states, or states that do not differ.
        """
        states = np.asarray(states_BD, dtype=np.float64)
        if len(states) < FEWEST_STATES:
            raise ForgeError(
                "validation",
                f"{len(states)} states were given to fit a distance to; expected at least {FEWEST_STATES}.",
            )
        mean: Array = states.mean(axis=0)
        covariance, share = shrunk(
            np.cov(states, rowvar=False, bias=True).reshape(2 * mean.shape), len(states)
        )
        if not np.trace(covariance) > 0.0:
            raise ForgeError(
                "validation", "All states are the same; expected states of different inputs to fit to."
            )
        return Neighbourhood(mean, np.asarray(np.linalg.inv(covariance)), share)

    def distance(self, states_BD: NDArray[np.floating]) -> Array:
        """Squared Mahalanobis distance of each state; (B,), at least 0."""
        offset = np.asarray(states_BD, dtype=np.float64) - self.mean_D
        found: Array = np.einsum("bd,de,be->b", offset, self.precision_DD, offset)
        return found


def shrunk(covariance_DD: Array, count: int) -> tuple[Array, float]:
    """The covariance drawn towards a multiple of the identity, and by which share (oracle approximating).

    Args:
        covariance_DD: of `count` states, divided by their number.
    """
    width = len(covariance_DD)
    trace, squares = float(np.trace(covariance_DD)), float((covariance_DD**2).sum())
    above = (1.0 - 2.0 / width) * squares + trace**2
    below = (count + 1.0 - 2.0 / width) * (squares - trace**2 / width)
    share = 1.0 if below <= 0.0 else min(1.0, above / below)
    return (1.0 - share) * covariance_DD + share * trace / width * np.eye(width), share
