"""The integer product of packed ternary rows with int8 activations: in C where compiled, else in torch.

Both give the same integers; see compiled_kernel.py for when which is used.
"""

from torch import Tensor, empty, float32, int32

from agent_forge.models.compiled_kernel import load_library
from agent_forge.models.packing import TWO_BIT, unpack


def ternary_product(packed_OY: Tensor, values_TI: Tensor, columns: int) -> Tensor:
    """Exact sums over i of w[o, i] * x[t, i].

    Args:
        packed_OY: two-bit rows (models/packing.py), uint8, on the CPU.
        values_TI: int8 activations.
        columns: I.

    Returns:
        int32 (T, O).
    """
    library = load_library()
    if library is None:
        return portable_product(packed_OY, values_TI, columns)
    values_TI = values_TI.contiguous()
    sums_TO = empty(values_TI.shape[0], packed_OY.shape[0], dtype=int32)
    library.ternary_product(
        packed_OY.data_ptr(), values_TI.data_ptr(), sums_TO.data_ptr(),
        packed_OY.shape[0], columns, values_TI.shape[0], 0,
    )  # fmt: skip
    return sums_TO


def ternary_forward(packed_OY: Tensor, x_TI: Tensor, scale: float) -> Tensor | None:
    """A whole projection in one call: quantise each token, multiply, scale.

    Args:
        packed_OY: two-bit rows, uint8, on the CPU.
        x_TI: float32 activations.
        scale: gamma of the matrix.

    Returns:
        (T, O), bit for bit what the steps one by one give; None where nothing is compiled.
    """
    library = load_library()
    if library is None or x_TI.dtype is not float32:
        return None
    x_TI = x_TI.contiguous()
    tokens, columns = x_TI.shape
    rows = packed_OY.shape[0]
    y_TO = empty(tokens, rows)
    if library.ternary_forward(
        packed_OY.data_ptr(), x_TI.data_ptr(), y_TO.data_ptr(), scale, rows, columns, tokens
    ):  # fmt: skip
        raise MemoryError(f"no memory for one token of a {rows} x {columns} projection")
    return y_TO


def portable_product(packed_OY: Tensor, values_TI: Tensor, columns: int) -> Tensor:
    """The same integers by unpacking; fp32 sums of |w x| <= 128 are exact up to 2^24 / 128 columns."""
    if columns > 2**24 // 128:
        raise ValueError(f"{columns} columns; expected at most {2**24 // 128}, where fp32 sums are exact")
    codes_OI = unpack(packed_OY, (packed_OY.shape[0], columns), TWO_BIT)
    return (values_TI.float() @ codes_OI.float().t()).to(int32)
