"""The integer product of packed ternary rows with int8 activations: in C where compiled, else in torch.

Both give the same integers. The library is compiled once per source and processor family by
`python -m agent_forge.models.ternary_kernel` (set-up and the container image call it); without a compiler
everything runs, slower.
"""

import ctypes
import functools
import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.models.packing import TWO_BIT, unpack

SOURCE = Path(__file__).parent / "kernels" / "ternary.c"
BUILD = SOURCE.parent / "build"
COMPILERS = ("cc", "gcc", "clang")


def ternary_product(packed_OY: Tensor, values_TI: Tensor, columns: int) -> Tensor:
    """Exact sums over i of w[o, i] * x[t, i].

    Args:
        packed_OY: two-bit rows (models/packing.py), uint8, on the CPU.
        values_TI: int8 activations.
        columns: I.

    Returns:
        int32 (T, O).
    """
    library = _library()
    if library is None:
        return portable_product(packed_OY, values_TI, columns)
    values_TI = values_TI.contiguous()
    sums_TO = torch.empty(values_TI.shape[0], packed_OY.shape[0], dtype=torch.int32)
    library.ternary_product(
        packed_OY.data_ptr(), values_TI.data_ptr(), sums_TO.data_ptr(),
        packed_OY.shape[0], columns, values_TI.shape[0], 0,
    )  # fmt: skip
    return sums_TO


def portable_product(packed_OY: Tensor, values_TI: Tensor, columns: int) -> Tensor:
    """The same integers by unpacking; fp32 sums of |w x| <= 128 are exact up to 2^24 / 128 columns."""
    if columns > 2**24 // 128:
        raise ValueError(f"{columns} columns; expected at most {2**24 // 128}, where fp32 sums are exact")
    codes_OI = unpack(packed_OY, (packed_OY.shape[0], columns), TWO_BIT)
    return (values_TI.float() @ codes_OI.float().t()).to(torch.int32)


def kernel_in_use() -> str:
    """`avx2`, `portable C` or `torch`: what `ternary_product` runs on this machine."""
    library = _library()
    if library is None:
        return "torch"
    return "avx2" if library.ternary_vectorised() else "portable C"


def library_path() -> Path:
    """Where the compiled library lies; named after its source, so that no old one is ever run."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    return BUILD / f"ternary-{platform.system()}-{platform.machine()}-{digest}.so".lower()


def compile_library() -> Path | None:
    """Compile unless it is there; None where there is no compiler.

    Raises:
        RuntimeError: the compiler refuses the source; carries what it said.
    """
    target = library_path()
    if target.exists():
        return target
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        command = [compiler, "-O3", "-shared", "-fPIC", "-o", str(made), str(SOURCE)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {result.returncode}: {result.stderr[-2000:]}")
        made.replace(target)  # whole or not at all, whoever else compiles at the same time
    return target


@functools.cache
def _library() -> ctypes.CDLL | None:
    path = library_path()
    if not path.exists():
        return None
    library = ctypes.CDLL(str(path))
    address, size = ctypes.c_void_p, ctypes.c_int64
    library.ternary_product.argtypes = [address, address, address, size, size, size, ctypes.c_int]
    library.ternary_product.restype = None
    library.ternary_vectorised.restype = ctypes.c_int
    return library


if __name__ == "__main__":
    compiled = compile_library()
    sys.stdout.write(f"{compiled or 'no C compiler found: packed models run in torch'}\n")
