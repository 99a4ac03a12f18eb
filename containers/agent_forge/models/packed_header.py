"""The header of a packed model file: JSON in the metadata of a safetensors file, with a version of its own.

What it says of a file is checked before anything is built from it; see docs/phases/bitnet.md for the format.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from agent_forge.errors import ForgeError
from agent_forge.models.packing import BASE3, TWO_BIT

FORMAT, VERSION = "agent-forge-packed", 1
SCALE_CONVENTION = "multiply"  # weight = codes * scale; other writers store 1 / scale
EMBEDDING_STORED = ("float32", "float16", "int8")
KEPT_STORED = ("float32", "float16")


@dataclass(frozen=True, kw_only=True)
class Storage:
    """How a packed file holds what.

    Args:
        packing: of the codes, `two-bit` or `base-3`.
        embedding: rows as `float32`, `float16` or `int8` with a scale per row.
        kept: all that is neither embedding nor ternary, as `float32` or `float16`.
    """

    packing: str = BASE3
    embedding: str = "int8"
    kept: str = "float16"

    def __post_init__(self) -> None:
        """Refuse what cannot be written.

        Raises:
            ValueError: names the key, the value and what is expected.
        """
        allowed = {
            "packing": (TWO_BIT, BASE3), "embedding": EMBEDDING_STORED, "kept": KEPT_STORED
        }  # fmt: skip
        for key, values in allowed.items():
            if getattr(self, key) not in values:
                raise ValueError(f"{key} is {getattr(self, key)!r}; expected one of {', '.join(values)}")


@dataclass(frozen=True)
class Header:
    """All that the tensors do not say themselves.

    Args:
        config: config.json of the model.
        shapes: true (outputs, inputs) of every packed projection; rows of codes are padded to whole bytes.
        kept: why each tensor that is not ternary stays as it is, by name.
    """

    config: Mapping[str, Any]
    storage: Storage
    shapes: Mapping[str, tuple[int, int]]
    kept: Mapping[str, str]


def metadata_of(header: Header, tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """What goes into the file's metadata, under one key: the order of several is not the same each time."""
    document = {**asdict(header), "scaleConvention": SCALE_CONVENTION, "version": VERSION}
    return {FORMAT: _canonical({**document, "sha256": checksum(document, tensors)})}


def checksum(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over the header without its checksum and every tensor's name, type, shape and bytes."""
    digest = hashlib.sha256(_canonical({k: v for k, v in document.items() if k != "sha256"}).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"\n{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def read_header(metadata: Mapping[str, str] | None, path: Path) -> tuple[Header, dict[str, Any]]:
    """Parse the metadata of a file.

    Returns:
        The header, and the document that it was read from, for `checksum`.

    Raises:
        ForgeError(validation): it is no packed model, of another version, or the header is damaged.
    """
    text = (metadata or {}).get(FORMAT)
    if text is None:
        raise refusal(path, f"its metadata has no {FORMAT!r}; found {sorted(metadata or {})}")
    try:
        document = dict(json.loads(text))
        if document["version"] != VERSION:
            raise refusal(path, f"it is of version {document['version']!r}; this release reads {VERSION}")
        if document["scaleConvention"] != SCALE_CONVENTION:
            raise ValueError(
                f"scaleConvention is {document['scaleConvention']!r}; expected {SCALE_CONVENTION!r}"
            )
        shapes = {str(name): (int(o), int(i)) for name, (o, i) in document["shapes"].items()}
        kept = {str(name): str(why) for name, why in document["kept"].items()}
        return Header(dict(document["config"]), Storage(**document["storage"]), shapes, kept), document
    except KeyError as error:
        raise refusal(path, f"its header has no {error}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise refusal(path, f"its header is damaged: {error}") from error


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def refusal(path: Path, problem: str) -> ForgeError:
    """A file that is not read further."""
    return ForgeError(
        "validation",
        f"{path} cannot be used as a packed model: {problem}. Pack the masters, or fetch the file, again.",
    )
