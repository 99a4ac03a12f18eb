"""What is exported: a model folder, and what its registry says of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.folder import load_model, weights_hash
from agent_forge.models.titan import TinyTitan


@dataclass(frozen=True)
class Source:
    """A folder with a model's files; `record` is the metadata document of the registry, or None."""

    folder: Path
    record: Mapping[str, Any] | None

    @cached_property
    def model(self) -> TinyTitan:
        """The model, ready to infer."""
        return load_model(self.folder).eval()

    @cached_property
    def tokenizer(self) -> TextTokenizer:
        """Its tokenizer."""
        return TextTokenizer.of(self.folder)

    @cached_property
    def weights_hash(self) -> str:
        """SHA-256 of its weight file."""
        return weights_hash(self.folder)

    @property
    def name(self) -> str:
        """`name@version` where the registry told it, else the folder's name."""
        return str(self.record["identity"]["reference"]) if self.record else self.folder.name

    def to_json(self) -> dict[str, Any]:
        """As export.json names it."""
        identity = self.record["identity"] if self.record else {}
        return {"model": self.name, "id": identity.get("id"), "weightsHash": self.weights_hash}


def open_source(folder: Path, record: Path | None) -> Source:
    """A model folder whose record, if there is one, is about these very weights.

    Raises:
        ForgeError(validation): the folder holds no model, or the record is no metadata document.
        ForgeError(corrupt): the record states other weights.
    """
    if not folder.is_dir():
        raise ForgeError("not_found", f"There is no folder {folder}; expected a model folder.")
    if record is None:
        return Source(folder, None)
    try:
        document = json.loads(record.read_text(encoding="utf-8"))
        stated = document["properties"]["weightsHash"]
        assert isinstance(document["identity"]["reference"], str)
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        message = f"{record} is no metadata document of a model: {error}. Expected: forge models metadata."
        raise ForgeError("validation", message) from error
    source = Source(folder, document)
    if stated != source.weights_hash:
        message = f"{record} is about weights {stated}; {folder} has {source.weights_hash}. Fetch them again."
        raise ForgeError("corrupt", message, {"code": "hash_mismatch"})
    return source
