"""Writes safetensors files block by block: the header is known beforehand, bytes are hashed as they pass."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent_forge.merging.model_folder import INDEX, WEIGHTS
from agent_forge.merging.plan import TensorPlan

ALIGNMENT = 8  # of the first tensor's bytes, as the format recommends


class WeightsWriter:
    """One weight file or several shards, with an index beside them.

    Args:
        folder: to write into; it exists.
        tensors: in the order in which they will be written.
        shard_bytes: most bytes of tensors per file; None for one file.
    """

    def __init__(self, folder: Path, tensors: Sequence[TensorPlan], shard_bytes: int | None) -> None:
        self._folder = folder
        self._shards = _shards(tensors, shard_bytes)
        self._names = [
            WEIGHTS
            if len(self._shards) == 1
            else f"model-{number:05d}-of-{len(self._shards):05d}.safetensors"
            for number in range(1, len(self._shards) + 1)
        ]
        self.sha256: dict[str, str] = {}

    def write(self, blocks_of: Any) -> None:
        """Write all files.

        Args:
            blocks_of: from a TensorPlan to the iterable of its blocks, arrays in the file's type, in order.
        """
        for name, shard in zip(self._names, self._shards, strict=True):
            self.sha256[name] = self._write_file(self._folder / name, shard, blocks_of)
        if len(self._names) > 1:
            places = {
                tensor.name: name
                for name, shard in zip(self._names, self._shards, strict=True)
                for tensor in shard
            }
            total = sum(tensor.bytes for shard in self._shards for tensor in shard)
            index = {"metadata": {"total_size": total}, "weight_map": places}
            data = (json.dumps(index, indent=2, sort_keys=True) + "\n").encode()
            write_durably(self._folder / INDEX, data)
            self.sha256[INDEX] = hashlib.sha256(data).hexdigest()

    def _write_file(self, path: Path, tensors: Sequence[TensorPlan], blocks_of: Any) -> str:
        digest = hashlib.sha256()
        with path.open("wb", buffering=0) as stream:

            def put(data: Any) -> None:
                view = memoryview(data).cast("B")
                digest.update(view)
                while len(view):
                    view = view[stream.write(view) :]

            put(_header(tensors))
            for tensor in tensors:
                for block in blocks_of(tensor):
                    if block.size:
                        put(block)
            os.fsync(stream.fileno())
        return digest.hexdigest()


def write_durably(path: Path, data: bytes) -> None:
    """Write a small file and wait until it is on the disk."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _shards(tensors: Sequence[TensorPlan], limit: int | None) -> list[list[TensorPlan]]:
    shards: list[list[TensorPlan]] = [[]]
    used = 0
    for tensor in tensors:
        if limit is not None and shards[-1] and used + tensor.bytes > limit:
            shards.append([])
            used = 0
        shards[-1].append(tensor)
        used += tensor.bytes
    return shards


def _header(tensors: Sequence[TensorPlan]) -> bytes:
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for tensor in tensors:
        entries[tensor.name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + tensor.bytes],
        }
        offset += tensor.bytes
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return len(text).to_bytes(8, "little") + text
