"""How well a score tells strange inputs from known ones, whatever its threshold."""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


def auroc(known: Scores, strange: Scores) -> float:
    """Probability that a strange input scores above a known one; ties count half (Mann and Whitney 1947)."""
    ordered = np.sort(known)
    below = np.searchsorted(ordered, strange, side="left")
    not_above = np.searchsorted(ordered, strange, side="right")
    return float((below + not_above).sum() / (2.0 * len(known) * len(strange)))


def false_positive_rate(known: Scores, strange: Scores, found: float = 0.95) -> float:
    """Share of known inputs that alarm where the threshold finds at least `found` of the strange ones."""
    ordered = np.sort(strange)
    threshold = ordered[int(np.floor((1.0 - found) * len(ordered)))]
    return float((known >= threshold).mean())
