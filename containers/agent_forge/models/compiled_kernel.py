"""The C library behind ternary_kernel.py: compiled once per source and kind of processor, loaded where it is.

`python -m agent_forge.models.compiled_kernel` compiles it; set-up and the container image do. It needs no
torch. Without a compiler everything runs, slower.
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

SOURCE = Path(__file__).parent / "kernels" / "ternary.c"
BUILD = SOURCE.parent / "build"
COMPILERS = ("cc", "gcc", "clang")
# A multiplication and an addition are rounded one after the other, as torch rounds them.
FLAGS = ("-O3", "-ffp-contract=off", "-shared", "-fPIC")


def kernel_in_use() -> str:
    """`avx2`, `portable C` or `torch`: what `ternary_product` runs on this machine."""
    library = load_library()
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
        command = [compiler, *FLAGS, "-o", str(made), str(SOURCE)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {result.returncode}: {result.stderr[-2000:]}")
        made.replace(target)  # whole or not at all, whoever else compiles at the same time
    return target


@functools.cache
def load_library() -> ctypes.CDLL | None:
    """The compiled library, None where it was not compiled."""
    path = library_path()
    if not path.exists():
        return None
    library = ctypes.CDLL(str(path))
    address, size = ctypes.c_void_p, ctypes.c_int64
    library.ternary_product.argtypes = [address, address, address, size, size, size, ctypes.c_int]
    library.ternary_product.restype = None
    library.ternary_forward.argtypes = [address, address, address, ctypes.c_float, size, size, size]
    library.ternary_forward.restype = ctypes.c_int
    library.ternary_vectorised.restype = ctypes.c_int
    return library


def main(required: bool) -> int:
    """Compile and say what packed models run in; the exit code.

    Args:
        required: fail where the library cannot be compiled, as in the image, instead of going on without.
    """
    try:
        made = compile_library()
        reason = "" if made is not None else "no C compiler"
    except RuntimeError as error:
        reason = f"the C compiler fails: {error}"
    sys.stdout.write(f"{reason}: packed models run in torch\n" if reason else f"{kernel_in_use()}\n")
    return 1 if required and reason else 0


if __name__ == "__main__":
    sys.exit(main(required="--required" in sys.argv[1:]))
