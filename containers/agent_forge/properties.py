"""properties.json: what a model is, measured from its files when it is published and again when it is loaded.

Hand-over contracts are evaluated over this document, so nothing in it is typed in by a phase. Tensors are
streamed one at a time: the largest one bounds the memory, not the model.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent_forge.contracts import validate
from agent_forge.errors import ForgeError
from agent_forge.model_files import CONFIG, PROPERTIES, TOKENIZER, WEIGHTS
from agent_forge.storage.blobs import hash_file

EMBEDDING, HEAD = "embedding.weight", "head.weight"
# These come from the lineage, not from the model's own files, so loading cannot measure them again.
LINEAGE_PROPERTIES = ("baseHash", "parents", "relativeTaskVector")
_BLOCK = re.compile(r"(?:^|\.)blocks\.(\d+)\.")
_RESERVED = re.compile(r"^<\|(?:thought|tool|persona|reserved)_\w+\|>$")


def measure_model(
    folder: Path, *, parents: int = 0, base_hash: str | None = None, base: Path | None = None
) -> dict[str, Any]:
    """Measure a model folder.

    Args:
        folder: holds model.safetensors, config.json and tokenizer.json.
        parents: number of lineage edges.
        base_hash: weights hash of the common base; None for a base.
        base: folder of that base, for the relative task vector; None leaves it null.

    Raises:
        ForgeError(validation): a file is missing or cannot be read as what it should be.
    """
    for name in (WEIGHTS, CONFIG, TOKENIZER):
        if not (folder / name).is_file():
            raise ForgeError(
                "validation",
                f"{folder} has no {name}; a model folder needs {WEIGHTS}, {CONFIG}, {TOKENIZER}.",
            )
    config, tokenizer = _read_object(folder / CONFIG), _read_object(folder / TOKENIZER)
    weights_hash, size = hash_file(folder / WEIGHTS)
    thought, quant, tools = (_block(config, name) for name in ("thought", "quant", "tools"))
    tensors = _measure_tensors(folder / WEIGHTS)
    packed = tensors.pop("packed")
    properties = {
        "schemaVersion": 1,
        **tensors,
        **_measure_tokenizer(tokenizer, folder / TOKENIZER),
        "weightsHash": weights_hash,
        "baseHash": base_hash,
        "bytes": size,
        "thoughtTokens": _thought_tokens(thought),
        "ternary": "packed" if packed else "masters" if quant.get("enabled") else "none",
        "toolLayers": tools.get("layers", 0),
        "toolTypes": list(tools.get("types", [])),
        "parents": parents,
        "relativeTaskVector": relative_task_vector(folder / WEIGHTS, base / WEIGHTS)
        if base and base_hash
        else None,
    }
    validate(properties, "properties", kind="validation", where=f"the measured properties of {folder}")
    return properties


def verify_model(folder: Path, where: str) -> dict[str, Any]:
    """Measure a loaded model again and compare with its properties.json.

    Args:
        folder: the model's files, verified by hash.
        where: the model's name for messages.

    Returns:
        The properties.

    Raises:
        ForgeError(contract): names each property that is not what the document says.
        ForgeError(validation): the files are no model.
    """
    if not (folder / PROPERTIES).is_file():
        raise ForgeError(
            "contract", f"{where} has no {PROPERTIES}; publish it with PhaseContext.publish_model."
        )
    stated = _read_object(folder / PROPERTIES)
    validate(stated, "properties", kind="contract", where=f"{PROPERTIES} of {where}")
    measured = measure_model(folder)
    differs = [
        f"{name} is {measured[name]!r}, stated as {stated[name]!r}"
        for name in measured
        if name not in LINEAGE_PROPERTIES and measured[name] != stated[name]
    ]
    if differs:
        raise ForgeError(
            "contract",
            f"{where} is not what its {PROPERTIES} says: {'; '.join(differs)}. Publish it again.",
            {"model": where, "properties": differs},
        )
    return stated


def relative_task_vector(weights: Path, base: Path) -> float | None:
    """||theta - theta0|| / ||theta0|| over the tensors that both files have.

    Returns:
        None when the base's tensors are not all there in the same shapes: then there is no common origin.
    """
    from safetensors import safe_open

    moved = length = 0.0
    with safe_open(weights, "pt") as ours, safe_open(base, "pt") as theirs:
        names = set(ours.keys())
        for name in sorted(theirs.keys()):
            if name not in names or ours.get_slice(name).get_shape() != theirs.get_slice(name).get_shape():
                return None
            origin = theirs.get_tensor(name).double()
            moved += float((ours.get_tensor(name).double() - origin).square().sum())
            length += float(origin.square().sum())
    return math.sqrt(moved / length) if length > 0 else None


def _measure_tensors(weights: Path) -> dict[str, Any]:
    """Everything that the weight file alone tells; `packed` says whether it holds packed ternary tensors."""
    from safetensors import SafetensorError, safe_open

    from agent_forge.models.folder import architecture_hash, parameter_count

    shapes: dict[str, list[int]] = {}
    finite, packed, zero_matrices = True, False, []
    try:
        with safe_open(weights, "pt") as file:
            for name in sorted(file.keys()):
                tensor = file.get_tensor(name)
                shapes[name] = list(tensor.shape)
                if tensor.is_floating_point():
                    finite = finite and bool(tensor.isfinite().all())
                packed = packed or ("quant." in name and not tensor.is_floating_point())
                if tensor.ndim >= 2 and tensor.numel() and not bool(tensor.any()):
                    zero_matrices.append(name)
    except SafetensorError as error:
        raise ForgeError("validation", f"{weights} is not a safetensors file: {error}.") from error
    embedding = shapes.get(EMBEDDING, [])
    if len(embedding) != 2:
        raise ForgeError(
            "validation", f"{weights} has no matrix {EMBEDDING!r}; found {len(shapes)} other tensors."
        )
    blocks = {match[1] for match in map(_BLOCK.search, shapes) if match}
    return {
        "architectureHash": architecture_hash(shapes),
        "parameters": parameter_count(shapes),
        "tensors": len(shapes),
        "layers": len(blocks),
        "hiddenSize": embedding[1],
        "vocabRows": embedding[0],
        "tied": HEAD not in shapes,
        "finite": finite,
        "zeroMatrices": zero_matrices,
        "packed": packed,
    }


def _measure_tokenizer(tokenizer: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Hash, number of entries and number of rows still reserved."""
    vocabulary = dict(_block(_block(tokenizer, "model"), "vocab"))
    vocabulary |= {entry["content"]: entry["id"] for entry in tokenizer.get("added_tokens", [])}
    return {
        "tokenizerHash": hash_file(path)[0],
        "tokenizerSize": len(set(vocabulary.values())),
        "reservedRows": sum(1 for token in vocabulary if _RESERVED.match(token)),
    }


def _thought_tokens(thought: Mapping[str, Any]) -> int:
    """Different rows of the vocabulary that mark thoughts: two (start, end) in a model that thinks."""
    if not thought.get("enabled"):
        return 0
    return len({row for row in (thought.get("start_id"), thought.get("end_id")) if type(row) is int})


def _read_object(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ForgeError("validation", f"{path} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ForgeError("validation", f"{path} holds {type(document).__name__}; expected a JSON object.")
    return document


def _block(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    block = document.get(name, {})
    return block if isinstance(block, Mapping) else {}
