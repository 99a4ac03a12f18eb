"""A threshold for a score by split conformal prediction (Vovk et al. 2005; Lei et al. 2018, section 2.2).

With n calibration scores the threshold is the ceil((n + 1)(1 - a))-th smallest. A new input whose score is
exchangeable with those raises an alarm with a probability of at most a, on average over calibration sets.
Inputs from elsewhere are not exchangeable, and nothing is promised for them.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent_forge.errors import ForgeError


def conformal_threshold(scores: Sequence[float] | NDArray[np.floating], alarm_rate: float) -> float:
    """The score above which an input raises an alarm.

    Args:
        scores: of calibration inputs, the higher the stranger.
        alarm_rate: a, above 0 and below 1.

    Raises:
        ForgeError(validation): too few scores for that rate, or a score that is not finite.
    """
    ordered = np.sort(np.asarray(scores, dtype=np.float64))
    place = math.ceil((len(ordered) + 1) * (1.0 - alarm_rate))
    if not 0.0 < alarm_rate < 1.0 or place > len(ordered):
        raise ForgeError(
            "validation",
            f"{len(ordered)} calibration scores do not give a threshold for an alarm rate of {alarm_rate};"
            " expected a rate between 0 and 1 and at least 1 / rate - 1 scores.",
        )
    if not np.isfinite(ordered).all():
        raise ForgeError("validation", "A calibration score is not finite; expected finite scores.")
    return float(ordered[place - 1])
