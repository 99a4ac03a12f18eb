"""Element types of safetensors files that can be merged, to and from float32.

bfloat16 is the upper half of a float32, so it is read as 16-bit integers and shifted; numpy has no such type.
"""

import numpy as np
from numpy.typing import NDArray

# Every type of the format with its bytes per element; only FLOATS are arithmetic.
ELEMENT_BYTES = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
    "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
}  # fmt: skip
FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
# As recipes write them.
DTYPE_NAMES = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}


def decode(raw: NDArray[np.generic], dtype: str, out: NDArray[np.float32]) -> None:
    """Write elements of a file's type into float32.

    Args:
        raw: (n,) elements of FLOATS[dtype].
        out: (n,) receives the values; float64 is rounded to nearest.
    """
    if dtype == "BF16":
        bits = out.view(np.uint32)
        bits[:] = raw
        bits <<= 16
    else:
        out[:] = raw


def encode(values: NDArray[np.float32], dtype: str) -> NDArray[np.generic]:
    """float32 as elements of a file's type, rounded to nearest, ties to even.

    Returns:
        (n,) array of FLOATS[dtype]; the same array for F32.
    """
    if dtype == "F32":
        return values
    if dtype != "BF16":
        return values.astype(FLOATS[dtype])
    bits = values.view(np.uint32)
    rounded = (bits + (((bits >> 16) & 1) + np.uint32(0x7FFF))) >> 16
    # Rounding up the bits of a NaN could make an infinity of it.
    return np.where(np.isnan(values), np.uint32(0x7FC0), rounded).astype(np.uint16)
