"""The limited process: one pickle in, safetensors and metadata out. Nothing else here reads a pickle."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from agent_forge.conversion.limits import lock_down
from agent_forge.errors import ForgeError, classify

# Where training programs put the weights beside an optimiser and counters.
WEIGHTS_NAMES = ("state_dict", "model_state_dict", "model", "module")
MAX_TENSORS = 100_000


def main(source: str, folder: str) -> int:
    """Convert; one JSON document on stdout, the exit code of its error."""
    try:
        document, code = {"result": _convert(Path(source), Path(folder))}, 0
    except Exception as error:
        failure = classify(error)
        document, code = {"error": failure.to_json()}, failure.exit_code
    sys.stdout.write(json.dumps(document) + "\n")
    return code


def _convert(source: Path, folder: Path) -> dict[str, Any]:
    torch.set_num_threads(1)
    limits = lock_down(folder, source.stat().st_size)
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    tensors, left_out = _weights(_load(source))
    facts = {"source": source.name, "sourceSha256": sha256, "tensors": len(tensors), "leftOut": left_out}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "conversion.json").write_text(json.dumps({**facts, "limits": limits}, indent=2) + "\n")
    return {**facts, "parameters": sum(tensor.numel() for tensor in tensors.values()), "limits": limits}


def _load(source: Path) -> Any:
    try:
        return torch.load(source, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:
        # The text of the library advises to load without the restriction. Nobody shall.
        raise ForgeError(
            "validation",
            f"{source.name} is no plain file of tensors ({type(error).__name__}): it is damaged, or holds "
            "something that could run code. Ask its author for safetensors.",
            {"code": "pickle_refused"},
        ) from error


def _weights(loaded: Any) -> tuple[dict[str, torch.Tensor], list[str]]:
    """Named tensors, and the names of everything that stays behind."""
    outside: list[str] = []
    if isinstance(loaded, Mapping) and not any(isinstance(value, torch.Tensor) for value in loaded.values()):
        inner = next((name for name in WEIGHTS_NAMES if isinstance(loaded.get(name), Mapping)), None)
        if inner is not None:
            outside, loaded = [str(name) for name in loaded if name != inner], loaded[inner]
    named = dict(_named(loaded)) if isinstance(loaded, Mapping) else {}
    tensors = {name: value for name, value in named.items() if isinstance(value, torch.Tensor)}
    if not tensors or len(tensors) > MAX_TENSORS:
        message = f"It holds {len(tensors)} named tensors; expected 1 to {MAX_TENSORS}, as name to tensor."
        raise ForgeError("validation", message, {"code": "no_tensors"})
    strange = [
        name for name, tensor in tensors.items() if tensor.layout != torch.strided or tensor.is_quantized
    ]
    if strange:
        message = f"{strange[0]} is a sparse or quantised tensor, which safetensors has not."
        raise ForgeError("validation", message, {"code": "tensor_not_supported"})
    # Copies: two names of one storage are two tensors in safetensors.
    plain = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    return plain, sorted([*outside, *(name for name in named if name not in tensors)])


def _named(mapping: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in mapping.items():
        yield str(name), value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
