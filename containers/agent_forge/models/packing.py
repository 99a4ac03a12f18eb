"""Ternary codes as bytes: two bits a weight for computing, base 3 (1.6 bits) for storing. Both are exact.

Two-bit rows: blocks of 128 weights in 32 bytes, bits 2k and 2k+1 of byte j holding weight 32k + j as w + 1;
the last n < 128 weights of a row in s = ceil(n / 4) bytes, weight s*k + j in byte j. kernels/ternary.c reads
them.
Base 3: five weights of the flattened matrix a byte, w + 1 as a digit, the first the most significant.

Legend: O rows, I columns, Y bytes of a row.
"""

from collections.abc import Callable, Sequence
from math import prod

import torch
from torch import Tensor

BLOCK, BLOCK_BYTES, GROUPS = 128, 32, 4
TRITS = 5  # of a byte: 3^5 = 243
TWO_BIT, BASE3 = "two-bit", "base-3"


def pack(codes: Tensor, packing: str) -> Tensor:
    """Pack a matrix of codes.

    Args:
        codes: integers in {-1, 0, 1}, (O, I).
        packing: `two-bit` or `base-3`.

    Returns:
        uint8: (O, Y) for two-bit, (ceil(O*I / 5),) for base-3.

    Raises:
        ValueError: a value that is no code, or an unknown packing.
    """
    if codes.dim() != 2:
        raise ValueError(f"codes have shape {tuple(codes.shape)}; expected a matrix")
    if codes.numel() and int(codes.abs().max()) > 1:
        raise ValueError(f"codes reach {int(codes.abs().max())}; expected -1, 0 and 1 only")
    to_bytes, _ = _packer(packing)
    return to_bytes((codes + 1).to(torch.uint8))


def unpack(packed: Tensor, shape: Sequence[int], packing: str) -> Tensor:
    """The codes that `pack` was given.

    Args:
        packed: its result.
        shape: (O, I).

    Returns:
        int8 (O, I).

    Raises:
        ValueError: the bytes do not fit the shape, or hold a digit that no code has.
    """
    rows, columns = shape
    _, from_bytes = _packer(packing)
    digits = from_bytes(packed, rows, columns)
    if digits.numel() and int(digits.max()) > 2:
        raise ValueError(
            f"packed bytes of a {rows} x {columns} matrix hold a digit above 2; the file is damaged"
        )
    return digits.to(torch.int8) - 1


def row_bytes(columns: int) -> int:
    """Bytes of a two-bit row."""
    return columns // BLOCK * BLOCK_BYTES + -(-(columns % BLOCK) // GROUPS)


def packed_bytes(shape: Sequence[int], packing: str) -> int:
    """Bytes that a matrix of `shape` takes."""
    rows, columns = shape
    return rows * row_bytes(columns) if packing == TWO_BIT else -(-prod(shape) // TRITS)


def _packer(packing: str) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor, int, int], Tensor]]:
    known = {TWO_BIT: (_to_two_bit, _from_two_bit), BASE3: (_to_base3, _from_base3)}
    if packing not in known:
        raise ValueError(f"packing is {packing!r}; expected one of {', '.join(known)}")
    return known[packing]


def _to_two_bit(digits_OI: Tensor) -> Tensor:
    whole = digits_OI.shape[1] // BLOCK * BLOCK
    parts = [_gather(digits_OI[:, :whole].unflatten(1, (-1, GROUPS, BLOCK_BYTES)).transpose(1, 2).flatten(2))]
    tail_OI = digits_OI[:, whole:]
    stride = -(-tail_OI.shape[1] // GROUPS)
    if stride:
        padded = torch.nn.functional.pad(tail_OI, (0, GROUPS * stride - tail_OI.shape[1]))
        parts.append(_gather(padded.unflatten(1, (GROUPS, stride))))
    return torch.cat(parts, dim=1)


def _gather(digits_OGY: Tensor) -> Tensor:
    """(O, 4, Y) digits into (O, Y) bytes, the first group in the lowest bits."""
    first, second, third, fourth = digits_OGY.unbind(1)
    return first | second << 2 | third << 4 | fourth << 6


def _scatter(bytes_OY: Tensor) -> Tensor:
    """(O, Y) bytes into (O, 4, Y) digits."""
    return torch.stack([bytes_OY >> shift & 3 for shift in (0, 2, 4, 6)], dim=1)


def _from_two_bit(packed_OY: Tensor, rows: int, columns: int) -> Tensor:
    if tuple(packed_OY.shape) != (rows, row_bytes(columns)):
        raise ValueError(
            f"packed rows have shape {tuple(packed_OY.shape)}; expected {(rows, row_bytes(columns))}"
        )
    split = columns // BLOCK * BLOCK_BYTES
    blocks = _scatter(packed_OY[:, :split]).unflatten(2, (-1, BLOCK_BYTES)).transpose(1, 2).flatten(1)
    tail = _scatter(packed_OY[:, split:]).flatten(1)
    return torch.cat([blocks, tail], dim=1)[:, :columns]


def _weights_of_trits() -> Tensor:
    return torch.tensor([3**power for power in reversed(range(TRITS))], dtype=torch.int32)


def _to_base3(digits_OI: Tensor) -> Tensor:
    flat = digits_OI.flatten()
    padded = torch.nn.functional.pad(flat, (0, -len(flat) % TRITS)).unflatten(0, (-1, TRITS))
    return (padded.int() * _weights_of_trits()).sum(1).to(torch.uint8)


def _from_base3(packed_Y: Tensor, rows: int, columns: int) -> Tensor:
    expected = packed_bytes((rows, columns), BASE3)
    if tuple(packed_Y.shape) != (expected,):
        raise ValueError(f"packed bytes have shape {tuple(packed_Y.shape)}; expected {(expected,)}")
    if packed_Y.numel() and int(packed_Y.max()) >= 3**TRITS:
        raise ValueError(f"a packed byte is {int(packed_Y.max())}; five ternary digits end at {3**TRITS - 1}")
    digits = packed_Y[:, None].int() // _weights_of_trits() % 3
    return digits.flatten()[: rows * columns].reshape(rows, columns).to(torch.uint8)
