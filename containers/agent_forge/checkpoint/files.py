"""The files of a checkpoint: tensors.safetensors and job.json.

Both carry the job and the step they belong to. Blobs are shared by content, so without that mark two jobs in
the same state would own the same blob, and the one that drops an old checkpoint would break the other's.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from agent_forge.contracts import canonical_json

TENSORS = "tensors.safetensors"
JOB = "job.json"


def write_files(
    folder: Path, mark: Mapping[str, Any], tensors: Mapping[str, Tensor], job: Mapping[str, Any]
) -> list[Path]:
    """Write both files.

    Args:
        folder: an empty or missing folder.
        mark: the job and step the files belong to.
        tensors: by name, any shapes and dtypes; may share memory or be views.
        job: JSON document beside the tensors.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    # One metadata key: with several, safetensors writes them in an order that changes from process to
    # process.
    save_file(_separate(tensors), folder / TENSORS, metadata={"checkpoint": canonical_json(mark).decode()})
    (folder / JOB).write_bytes(canonical_json({"mark": dict(mark), **job}))
    return [folder / TENSORS, folder / JOB]


def read_files(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors on the CPU and the JSON document beside them."""
    from safetensors.torch import load_file

    return load_file(folder / TENSORS), json.loads((folder / JOB).read_bytes())


def _separate(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Contiguous CPU tensors that own their memory: the format refuses views and shared storage."""
    seen: set[int] = set()
    separate = {}
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        if plain.untyped_storage().nbytes() != plain.nbytes or plain.untyped_storage().data_ptr() in seen:
            plain = plain.clone()
        seen.add(plain.untyped_storage().data_ptr())
        separate[name] = plain
    return separate
