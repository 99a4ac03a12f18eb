"""Merges that are one weighted sum per tensor: whatever a method measures ends as one coefficient per source.

Element-wise arithmetic is float32, source after source, so that no bit depends on block or library.
"""

from collections.abc import Sequence

import numpy as np

from agent_forge.merging.methods.method import Operator
from agent_forge.merging.tensor_inputs import Block, TensorInputs


def weighted_sum(inputs: TensorInputs, coefficients: Sequence[float]) -> Operator:
    """sum_i c_i theta_i over all sources; sources with coefficient 0 are not read.

    Args:
        inputs: the tensor.
        coefficients: one per source.
    """
    terms = [(index, np.float32(c)) for index, c in enumerate(coefficients) if c != 0]

    def combine(start: int, stop: int) -> Block:
        total: Block | None = None
        for index, coefficient in terms:
            block = inputs.read(index, start, stop)
            if coefficient != 1:
                np.multiply(block, coefficient, out=block)
            total = block if total is None else np.add(total, block, out=total)
        return np.zeros(stop - start, dtype=np.float32) if total is None else total

    return Operator(combine)


def moved_base(inputs: TensorInputs, coefficients: Sequence[float]) -> Operator:
    """theta_0 + sum_i c_i (theta_i - theta_0); differences first, so that what is equal stays equal.

    Args:
        inputs: the tensor, with a base.
        coefficients: one per source besides the base, in the order of `inputs.others`.
    """
    terms = [(i, np.float32(c)) for i, c in zip(inputs.others, coefficients, strict=True) if c != 0]

    def combine(start: int, stop: int) -> Block:
        base = inputs.read_base(start, stop)
        total: Block | None = None
        for index, coefficient in terms:
            delta = inputs.delta(index, start, stop, base)
            np.multiply(delta, coefficient, out=delta)
            total = delta if total is None else np.add(total, delta, out=total)
        return base if total is None else np.add(base, total, out=total)

    return Operator(combine)
