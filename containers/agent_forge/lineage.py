"""The models a job knows: loaded and published ones. Parents and the common base are looked up here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.phase import Parent
from agent_forge.storage.blobs import BlobStore


@dataclass(frozen=True)
class KnownModel:
    """A model by its local folder and by its published files."""

    folder: Path
    properties: Mapping[str, Any]
    files: Sequence[Mapping[str, Any]]


class ModelShelf:
    """Models by name (of this phase) or `id:<model id>` (registered)."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._models: dict[str, KnownModel] = {}

    def add(
        self, key: str, folder: Path, properties: Mapping[str, Any], files: Sequence[Mapping[str, Any]]
    ) -> None:
        """Remember a model that was loaded or published."""
        self._models[key] = KnownModel(folder, properties, files)

    def base_of(self, parents: Sequence[Parent]) -> tuple[str | None, Path | None]:
        """Weights hash and folder of the base that a child of these parents goes back to.

        A parent without a base is one itself. Parents of different bases give none: there is no common origin
        to take task vectors from, and the contract of the next phase says so. The folder is None when the
        base itself is not among the job's models.

        Raises:
            ForgeError(contract): a parent is unknown to this job.
        """
        hashes = set()
        for parent in parents:
            properties = self._parent(parent).properties
            hashes.add(properties["baseHash"] or properties["weightsHash"])
        if len(hashes) != 1:
            return None, None
        base_hash = hashes.pop()
        bases = [model for model in self._models.values() if model.properties["weightsHash"] == base_hash]
        return base_hash, self._folder_of(bases[0]) if bases else None

    def _parent(self, parent: Parent) -> KnownModel:
        key = parent.name if parent.name is not None else f"id:{parent.model_id}"
        if key in self._models:
            return self._models[key]
        known = ", ".join(self._models) or "none"
        raise ForgeError(
            "contract",
            f"Parent {key!r} is no model that this job loaded or published ({known}). "
            "Load it through the context first, so that the lineage can be measured.",
        )

    def _folder_of(self, model: KnownModel) -> Path:
        """The local folder; fetched again when an earlier attempt had published it."""
        for file in model.files:
            path = model.folder / file["path"]
            if not path.exists():
                self._blobs.fetch(file["uri"], file["sha256"], file["bytes"], path)
        return model.folder
