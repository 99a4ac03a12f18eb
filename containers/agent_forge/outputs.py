"""What a job leaves: models and artifacts, published by content, and listed for the result manifest."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_forge.architecture import extract_architecture
from agent_forge.contracts import canonical_json
from agent_forge.errors import ForgeError
from agent_forge.lineage import ModelShelf
from agent_forge.model_files import CONFIG, PROPERTIES
from agent_forge.phase import Parent
from agent_forge.properties import measure_model
from agent_forge.storage.blobs import BlobStore

_MODEL_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")


class JobOutputs:
    """Models and artifacts of one job.

    Args:
        blobs: where files are published.
        shelf: is told of every published model, so that it can be a parent.
        folder: local folder for copies of what was published.
    """

    def __init__(self, blobs: BlobStore, shelf: ModelShelf, folder: Path) -> None:
        self._blobs = blobs
        self._shelf = shelf
        self._folder = folder
        self._models: dict[str, dict[str, Any]] = {}
        self._artifacts: dict[str, dict[str, Any]] = {}
        self._published: set[tuple[str, str]] = set()

    @property
    def models(self) -> list[dict[str, Any]]:
        """The manifest's `models`."""
        return list(self._models.values())

    @property
    def artifacts(self) -> list[dict[str, Any]]:
        """The manifest's `artifacts`."""
        return list(self._artifacts.values())

    def publish_model(self, name: str, role: str, folder: Path, parents: Sequence[Parent]) -> None:
        """Measure a model folder, write properties.json into it and publish all its files.

        Raises:
            ForgeError(numeric): a weight is NaN or infinite; such a model is never offered.
            ForgeError(contract): a parent is unknown, or config.json names another base than the lineage.
            ForgeError(bug): the name is unfit or was published by this attempt already.
        """
        self._claim("model", name, fits=bool(_MODEL_NAME.match(name)), expected=_MODEL_NAME.pattern)
        base_hash, base = self._shelf.base_of(parents)
        properties = measure_model(folder, parents=len(parents), base_hash=base_hash, base=base)
        if not properties["finite"]:
            raise ForgeError(
                "numeric", f"Model {name!r} holds a weight that is not finite; it is not published."
            )
        _refuse_other_base(name, folder, base_hash)
        (folder / PROPERTIES).write_bytes(canonical_json(properties) + b"\n")
        # Published from a copy: the phase may go on training in its own folder.
        copy = self._folder / name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        files = [
            {"path": path.relative_to(copy).as_posix(), **self._blobs.publish(path).to_json()}
            for path in sorted(copy.rglob("*"))
            if path.is_file()
        ]
        self._shelf.add(name, copy, properties, files)
        self._models[name] = {
            "name": name,
            "role": role,
            "files": files,
            "architecture": extract_architecture(copy, properties),
            "properties": properties,
            "parents": [_edge(parent) for parent in parents],
        }

    def publish_artifact(self, name: str, path: Path, media_type: str) -> None:
        """Hash and publish one file.

        Raises:
            ForgeError(bug): the name is unfit or was published by this attempt already.
        """
        fits = name not in ("", ".", "..") and "/" not in name and len(name) <= 120
        self._claim("artifact", name, fits=fits, expected="a plain file name of at most 120 characters")
        self._artifacts[name] = {"name": name, **self._blobs.publish(path).to_json(), "mediaType": media_type}

    def snapshot(self) -> dict[str, Any]:
        """What a later attempt must list as well when it goes on from a checkpoint."""
        return {"models": self.models, "artifacts": self.artifacts}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Go on from a snapshot; what is published again replaces what the snapshot lists."""
        self._models = {model["name"]: model for model in snapshot["models"]}
        self._artifacts = {artifact["name"]: artifact for artifact in snapshot["artifacts"]}
        self._published.clear()
        for name, model in self._models.items():
            self._shelf.add(name, self._folder / name, model["properties"], model["files"])

    def _claim(self, what: str, name: str, *, fits: bool, expected: str) -> None:
        if not fits:
            raise ForgeError("bug", f"Cannot publish {what} {name!r}: expected {expected}.")
        if (what, name) in self._published:
            raise ForgeError(
                "bug", f"The phase published {what} {name!r} twice; give the second another name."
            )
        self._published.add((what, name))


def _edge(parent: Parent) -> dict[str, Any]:
    return {
        "name": parent.name,
        "modelId": parent.model_id,
        "relation": parent.relation,
        "weight": parent.weight,
    }


def _refuse_other_base(name: str, folder: Path, base_hash: str | None) -> None:
    """config.json travels alone once a model is exported: it must not contradict the lineage."""
    stated = json.loads((folder / CONFIG).read_text(encoding="utf-8")).get("lineage", {}).get("base_hash")
    if stated is not None and stated != base_hash:
        raise ForgeError(
            "contract",
            f"{CONFIG} of model {name!r} says lineage.base_hash {stated}; its parents lead to {base_hash}.",
        )
