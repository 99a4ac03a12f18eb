"""Seeds, threads and random state: the same bits on the same machine, thread count and torch."""

import base64
import os
import random
from typing import Any

from agent_forge.errors import ForgeError


def prepare_process(seed: int, threads: int) -> None:
    """Set the thread count and every global seed, and let torch refuse algorithms that are not deterministic.

    Args:
        seed: the run's seed, 0 to 2**53 - 1.
        threads: threads per operation. More than the job owns makes torch many times slower, so the caller
        says.
    """
    # Read by OpenMP and cuBLAS when torch loads them, so before the import.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    import numpy as np
    import torch

    torch.set_num_threads(threads)
    # use_deterministic_algorithms(True) is the same switch, but imports torch's compiler first, for 2 s.
    torch.set_deterministic_debug_mode("error")
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def capture_random_state() -> dict[str, Any]:
    """State of Python's and torch's global generators as JSON, for the `resume` document of a checkpoint."""
    import torch

    version, state, gauss_next = random.getstate()
    document: dict[str, Any] = {
        "python": [version, list(state), gauss_next],
        "torch": _encode(torch.get_rng_state()),
    }
    if torch.cuda.is_available():
        document["cuda"] = [_encode(state) for state in torch.cuda.get_rng_state_all()]
    return document


def restore_random_state(document: dict[str, Any]) -> None:
    """Put back what `capture_random_state` returned.

    Raises:
        ForgeError(corrupt): the document does not hold generator states.
    """
    import torch

    try:
        version, state, gauss_next = document["python"]
        random.setstate((version, tuple(state), gauss_next))
        torch.set_rng_state(_decode(document["torch"]))
        if "cuda" in document and torch.cuda.is_available():
            torch.cuda.set_rng_state_all([_decode(text) for text in document["cuda"]])
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise ForgeError(
            "corrupt", f"The random state of a checkpoint cannot be restored: {error!r}."
        ) from error


def _encode(state: Any) -> str:
    return base64.b64encode(state.numpy().tobytes()).decode("ascii")


def _decode(text: str) -> Any:
    import torch

    return torch.frombuffer(bytearray(base64.b64decode(text, validate=True)), dtype=torch.uint8)
