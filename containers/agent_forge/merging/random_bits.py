"""Random 32-bit numbers by position: the i-th one depends on seed, tensor, model and i alone.

Philox (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") counts instead of remembering, so
that neither the order of tensors nor the size of blocks changes a bit of a mask.
"""

import hashlib
import json

import numpy as np
from numpy.typing import NDArray

# One step of the counter gives four 64-bit numbers, which are eight of 32 bits.
PER_STEP = 8
WHOLE = 1 << 32


def key_of(seed: int, tensor: str, model: int) -> int:
    """A 128-bit key from SHA-256 over what a mask may depend on."""
    text = json.dumps([seed, tensor, model], separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")


def bits(key: int, start: int, stop: int) -> NDArray[np.uint32]:
    """The numbers of positions start..stop, uniform over 0..2^32-1."""
    first = start // PER_STEP
    steps = -(-stop // PER_STEP) - first
    generator = np.random.Philox(key=key, counter=first)
    raw = generator.random_raw(steps * PER_STEP // 2).astype("<u8", copy=False)
    return raw.view("<u4")[start - first * PER_STEP : stop - first * PER_STEP]
