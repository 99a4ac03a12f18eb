"""How different the members of a population behave: Jensen-Shannon divergence of what they predict.

Legend: N individuals, P positions of the probe, V vocabulary rows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def jensen_shannon(p_PV: Floats, q_PV: Floats) -> float:
    """Mean over positions of the divergence between two distributions, in bits: 0 equal, 1 disjoint (Lin
    1991).

    Args:
        p_PV, q_PV: probabilities; rows are normalised here, because they may have been stored with few
        digits.
    """
    p, q = (rows / rows.sum(axis=1, keepdims=True) for rows in (p_PV, q_PV))
    middle = (p + q) / 2
    # Rounding may take the sum a hair below nothing.
    return max(0.0, float(((_relative(p, middle) + _relative(q, middle)) / 2).mean()))


def mean_pairwise(distributions_NPV: Sequence[Floats]) -> float:
    """Mean divergence over all pairs; 0 for fewer than two individuals."""
    pairs = [
        jensen_shannon(distributions_NPV[i], distributions_NPV[j])
        for i in range(len(distributions_NPV))
        for j in range(i)
    ]
    return sum(pairs) / len(pairs) if pairs else 0.0


def _relative(p_PV: Floats, q_PV: Floats) -> Floats:
    """Kullback-Leibler divergence per position in bits; what has no probability adds nothing."""
    ratio = np.divide(p_PV, q_PV, out=np.ones_like(p_PV), where=p_PV > 0)
    found: Floats = (p_PV * np.log2(ratio, out=np.zeros_like(ratio), where=ratio > 0)).sum(axis=1)
    return found
