"""Whole numbers of a fixed width in as few bytes as they take, highest bit first; and plain arrays."""

import numpy as np
import torch
from torch import Tensor

HALF, SINGLE = "<f2", "<f4"


def packed_size(count: int, width: int) -> int:
    """Bytes of `count` numbers of `width` bits."""
    return -(-count * width // 8)


def pack_bits(values: Tensor, width: int) -> bytes:
    """Pack numbers; the last byte is filled with zero bits.

    Args:
        values: integers in [0, 2^width), any shape.
        width: 1 to 24.
    """
    flat = values.reshape(-1).numpy().astype(np.uint32)
    assert not len(flat) or int(flat.max()) < 1 << width, f"a value needs more than {width} bits"
    shifts = np.arange(width - 1, -1, -1, dtype=np.uint32)
    digits = (flat[:, None] >> shifts & 1).astype(np.uint8)
    return np.packbits(digits.reshape(-1)).tobytes()


def unpack_bits(data: bytes, count: int, width: int) -> Tensor:
    """What `pack_bits` was given, int64 (count,).

    Raises:
        ValueError: there are not as many bytes as that takes, or bits behind the last number are set.
    """
    if len(data) != packed_size(count, width):
        raise ValueError(f"{len(data)} bytes; expected {packed_size(count, width)}")
    digits = np.unpackbits(np.frombuffer(data, np.uint8))
    if digits[count * width :].any():
        raise ValueError("bits behind the last number are set")
    shifts = np.arange(width - 1, -1, -1, dtype=np.int64)
    numbers = (digits[: count * width].reshape(count, width).astype(np.int64) << shifts).sum(axis=1)
    return torch.from_numpy(numbers)


def floats_bytes(values: Tensor, kind: str) -> bytes:
    """Little-endian floats.

    Args:
        kind: HALF or SINGLE.
    """
    return values.detach().reshape(-1).numpy().astype(kind).tobytes()


def read_floats(data: bytes, kind: str) -> Tensor:
    """What `floats_bytes` wrote, fp32.

    Raises:
        ValueError: one is NaN or infinite.
    """
    values = torch.from_numpy(np.frombuffer(data, kind).astype(np.float32))
    if not bool(torch.isfinite(values).all()):
        raise ValueError("a stored float is NaN or infinite")
    return values
