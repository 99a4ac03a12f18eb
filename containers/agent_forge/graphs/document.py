"""graph.json: what is in a graph's folder and how it is called, read from the graph itself."""

import importlib.metadata
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

from agent_forge.contracts import validate
from agent_forge.errors import ForgeError
from agent_forge.graphs.checks import check_files
from agent_forge.graphs.files import DATA, DOCUMENT, GRAPH, LOGITS, TOKENS
from agent_forge.model_files import TOKENIZER, WEIGHTS
from agent_forge.models.config import ModelConfig
from agent_forge.storage.blobs import hash_file

DTYPES: dict[int, str] = {onnx.TensorProto.INT64: "int64", onnx.TensorProto.FLOAT: "float32"}
BYTES = {"int64": 8, "float32": 4}
PACKAGES = ("torch", "onnx", "onnxscript", "onnxruntime")
PAST, PRESENT = "past_", "present_"


def write_document(folder: Path, variant: str, model: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the graph in `folder`.

    Args:
        model: see `facts_of`.

    Returns:
        The document as it was written.
    """
    graph = onnx.load(str(folder / GRAPH), load_external_data=False)
    inputs = {each.name: _tensor(each) for each in graph.graph.input}
    outputs = {each.name: _tensor(each) for each in graph.graph.output}
    state = [
        {"input": name, "output": name.replace(PAST, PRESENT, 1), **tensor}
        for name, tensor in inputs.items()
        if name != TOKENS
    ]
    document = {
        "schemaVersion": 1,
        "variant": variant,
        "opset": next(each.version for each in graph.opset_import if each.domain in ("", "ai.onnx")),
        "model": dict(model),
        "tokens": {"name": TOKENS, **inputs[TOKENS]},
        "logits": {"name": LOGITS, **outputs[LOGITS]},
        "state": state,
        "stateBytesPerRow": state_bytes(state),
        "files": [_file(folder / name) for name in (GRAPH, DATA)],
        "writtenBy": {name: importlib.metadata.version(name) for name in PACKAGES},
    }
    validate(document, "onnx-graph", kind="bug", where=DOCUMENT)
    (folder / DOCUMENT).write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return document


def facts_of(config: ModelConfig, folder: Path) -> dict[str, Any]:
    """What a document says of the model that was traced.

    Args:
        folder: of that model.
    """
    return {
        "weightsHash": hash_file(folder / WEIGHTS)[0],
        "tokenizerHash": hash_file(folder / TOKENIZER)[0],
        "vocabRows": config.arch.vocab_size,
        "window": config.arch.window,
    }


def read_document(folder: Path) -> dict[str, Any]:
    """The document of a graph whose files are what it says and hold nothing that leads out of the folder.

    Raises:
        ForgeError(validation): it is no such document, or a file is missing, unsafe or another one.
    """
    path = folder / DOCUMENT
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ForgeError(
            "validation", f"{folder} has no {DOCUMENT}; expected the folder of a graph."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ForgeError("validation", f"{path} is no JSON: {error}. Export the model again.") from error
    validate(document, "onnx-graph", kind="validation", where=str(path))
    check_files(folder, [each["name"] for each in document["files"]])
    for stated in document["files"]:
        found = _file(folder / stated["name"])
        if found != stated:
            message = f"{folder / stated['name']} has SHA-256 {found['sha256']}, not {stated['sha256']}."
            raise ForgeError("validation", f"{message} Fetch it again.", {"code": "checksum_mismatch"})
    return document


def state_bytes(state: Sequence[Mapping[str, Any]]) -> int:
    """Bytes of the state of one row."""
    return sum(BYTES[each["dtype"]] * math.prod(each["shape"][1:]) for each in state)


def _tensor(value: onnx.ValueInfoProto) -> dict[str, Any]:
    kind = value.type.tensor_type
    shape = [each.dim_param or each.dim_value for each in kind.shape.dim]
    return {"dtype": DTYPES[kind.elem_type], "shape": shape}


def _file(path: Path) -> dict[str, Any]:
    sha256, size = hash_file(path)
    return {"name": path.name, "sha256": sha256, "bytes": size}
