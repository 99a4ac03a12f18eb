"""A model folder as a merge reads it: names, shapes and places of tensors, and their elements in blocks.

Blocks are read with pread into buffers. A mapped file would count every page it touched as memory of the
process.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from agent_forge.errors import ForgeError
from agent_forge.merging.dtypes import ELEMENT_BYTES, FLOATS, decode
from agent_forge.model_files import CONFIG, INDEX, WEIGHTS

MAX_HEADER_BYTES = 100_000_000  # the format's own limit
# TinyTitan counts `blocks.3.`, Hugging Face's Llama-like models `model.layers.3.`, GPT-2-like ones `h.3.`.
_LAYER = re.compile(r"((?:^|\.)(?:blocks|layers|h)\.)(\d+)(\.)")


class WeightFile:
    """A safetensors file, opened when first read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1

    @property
    def descriptor(self) -> int:
        """Of the open file."""
        if self._descriptor < 0:
            self._descriptor = os.open(self.path, os.O_RDONLY)
        return self._descriptor

    def close(self) -> None:
        """Close it; reading opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@dataclass(frozen=True)
class Tensor:
    """Where a tensor's elements lie. `start` is in bytes from the file's beginning."""

    file: WeightFile
    dtype: str
    shape: tuple[int, ...]
    start: int

    @property
    def size(self) -> int:
        """Number of elements; 1 for a scalar."""
        count = 1
        for width in self.shape:
            count *= width
        return count


def layer_of(name: str) -> int | None:
    """The layer that a tensor belongs to; None for embeddings, norms and other parts outside the layers."""
    found = _LAYER.search(name)
    return None if found is None else int(found[2])


def at_layer(name: str, layer: int) -> str:
    """The name that the same tensor has in another layer."""
    return _LAYER.sub(lambda found: f"{found[1]}{layer}{found[3]}", name, count=1)


@dataclass
class ModelFolder:
    """An opened model. Its files stay open until `close`."""

    name: str
    folder: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    @property
    def num_layers(self) -> int:
        """One more than the highest layer that a tensor names."""
        return 1 + max((layer for name in self.tensors if (layer := layer_of(name)) is not None), default=-1)

    def read_bytes(self, tensor: Tensor, start: int, out: NDArray[Any]) -> None:
        """Fill `out` with the file's bytes from element `start` on.

        Raises:
            ForgeError(corrupt): the file has become shorter since it was opened.
        """
        view = memoryview(cast(Any, out)).cast("B")
        offset = tensor.start + start * ELEMENT_BYTES[tensor.dtype]
        descriptor = tensor.file.descriptor
        while len(view):
            count = os.preadv(descriptor, [view], offset)
            if count == 0:
                raise ForgeError(
                    "corrupt", f"{tensor.file.path} ends before byte {offset}; it changed while read."
                )
            view, offset = view[count:], offset + count

    def read(self, tensor: Tensor, start: int, out: NDArray[np.float32]) -> None:
        """Fill `out` with float32 values of the elements from `start` on."""
        if tensor.dtype == "F32":
            self.read_bytes(tensor, start, out)
            return
        raw = np.empty(len(out), dtype=FLOATS[tensor.dtype])
        self.read_bytes(tensor, start, raw)
        decode(raw, tensor.dtype, out)

    def close(self) -> None:
        """Close the files."""
        for tensor in self.tensors.values():
            tensor.file.close()


def open_model(name: str, folder: Path) -> ModelFolder:
    """Read a folder's config and the headers of its weights; no tensor yet.

    Args:
        name: what the recipe calls the model.
        folder: holds config.json and model.safetensors, or its index and shards.

    Raises:
        ForgeError(validation): with a `code` in its detail, when the folder is no model.
    """
    if not folder.is_dir():
        raise _refused("missing_model", f"{name}: there is no folder {folder}.")
    config = read_object(folder / CONFIG, name)
    tensors: dict[str, Tensor] = {}
    for file in _weight_files(folder, name):
        for tensor_name, tensor in read_header(file).items():
            if tensor_name in tensors:
                raise _refused("corrupt_weights", f"{name}: {tensor_name} stands in two files of {folder}.")
            tensors[tensor_name] = tensor
    return ModelFolder(name, folder, config, tensors)


def read_object(path: Path, name: str) -> dict[str, Any]:
    """A JSON object of a model folder, or the refusal that names it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _refused("missing_file", f"{name}: {path.parent} has no {path.name}.") from None
    except (ValueError, RecursionError) as error:
        raise _refused("malformed_json", f"{name}: {path} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise _refused("malformed_json", f"{name}: {path} holds no JSON object.")
    return document


def _weight_files(folder: Path, name: str) -> list[Path]:
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if not (folder / INDEX).is_file():
        found = sorted(path.name for path in folder.iterdir())[:8]
        raise _refused(
            "missing_file",
            f"{name}: {folder} has neither {WEIGHTS} nor {INDEX}; it has {', '.join(found) or 'nothing'}.",
        )
    places = read_object(folder / INDEX, name).get("weight_map")
    files = sorted(set(map(str, places.values()))) if isinstance(places, dict) else []
    for file in files:
        if Path(file).name != file or not (folder / file).is_file():
            raise _refused("missing_file", f"{name}: {INDEX} names {file!r}, which is no file of {folder}.")
    if not files:
        raise _refused("malformed_json", f"{name}: {folder / INDEX} has no weight_map.")
    return [folder / file for file in files]


def read_header(file: Path) -> dict[str, Tensor]:
    """Name to place of every tensor of a safetensors file, checked against the file's length.

    Raises:
        ForgeError(validation): the file is not what the format says.
    """
    weights = WeightFile(file)
    length = file.stat().st_size
    with file.open("rb") as stream:
        header_bytes = int.from_bytes(stream.read(8), "little")
        if length < 8 or header_bytes > min(MAX_HEADER_BYTES, length - 8):
            raise _refused(
                "corrupt_weights", f"{file} is not a safetensors file: its header does not fit it."
            )
        try:
            header = json.loads(stream.read(header_bytes))
            entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
            return {
                name: _tensor(weights, name, entry, 8 + header_bytes, length)
                for name, entry in entries.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _refused("corrupt_weights", f"{file} has a header that cannot be read: {error}.") from error


def _tensor(file: WeightFile, name: str, entry: Mapping[str, Any], origin: int, length: int) -> Tensor:
    dtype, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    if dtype not in ELEMENT_BYTES:
        raise ValueError(f"{name} is of type {dtype}, expected one of {', '.join(ELEMENT_BYTES)}")
    if not all(isinstance(width, int) and width >= 0 for width in (*shape, begin, end)):
        raise ValueError(f"{name} has shape {shape} at {begin}..{end}")
    tensor = Tensor(file, dtype, shape, origin + begin)
    if end - begin != tensor.size * ELEMENT_BYTES[dtype] or origin + end > length:
        raise ValueError(f"{name} lies at bytes {begin}..{end}, which shape {shape} of {dtype} does not fill")
    return tensor


def _refused(code: str, message: str) -> ForgeError:
    return ForgeError("validation", message, {"code": code, "problems": []})
