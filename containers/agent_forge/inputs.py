"""What a job reads: the corpus, registered models, outputs of earlier stages; every byte verified."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_forge.contracts import validate
from agent_forge.errors import ForgeError
from agent_forge.lineage import ModelShelf
from agent_forge.phase import Document, InputModel, StageOutput
from agent_forge.properties import verify_model
from agent_forge.storage.base import Storage
from agent_forge.storage.blobs import BlobStore

RESULT = "result.json"


class JobInputs:
    """Inputs of one job, fetched once each into its scratch folder.

    Args:
        inputs: the task spec's `inputs`.
        storage: holds stage outputs.
        blobs: verifies and copies files.
        shelf: is told of every model that is loaded.
        folder: local folder for the copies.
    """

    def __init__(
        self,
        inputs: Sequence[Mapping[str, Any]],
        storage: Storage,
        blobs: BlobStore,
        shelf: ModelShelf,
        folder: Path,
    ) -> None:
        self._inputs = inputs
        self._storage = storage
        self._blobs = blobs
        self._shelf = shelf
        self._folder = folder
        self._stages: dict[str, list[StageOutput]] = {}

    def corpus(self) -> Iterator[Document]:
        """Documents of the corpus in file order.

        Raises:
            ForgeError(corrupt): the stored bytes are not the recorded ones.
            ForgeError(validation): a line is not a document; says which.
        """
        item = self._find("corpus", None)
        path = self._folder / "corpus.ndjson"
        if not path.exists():
            self._blobs.fetch(item["uri"], item["sha256"], item["bytes"], path)
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                yield _parse_document(line, f"line {number} of corpus {item['corpusId']}")

    def model(self, name: str) -> Path:
        """Folder of a registered input model.

        Raises:
            ForgeError(contract): it is not what its properties.json says.
        """
        item = self._find("model", name)
        folder = self._folder / "models" / name
        if not folder.exists():
            self._fetch_model(item["files"], folder)
            self._shelf.add(
                f"id:{item['modelId']}", folder, verify_model(folder, f"Input model {name!r}"), item["files"]
            )
        return folder

    def models(self) -> list[InputModel]:
        """Every registered input model, in the order of the task spec."""
        return [
            InputModel(item["name"], item["role"], item["modelId"])
            for item in self._inputs
            if item["kind"] == "model"
        ]

    def stage_outputs(self, stage: str) -> list[StageOutput]:
        """Outputs of a stage, in index order; none where a round before the first is asked for.

        Raises:
            ForgeError(not_found): the stage left no result, or not one per index.
            ForgeError(contract): one of its jobs failed.
        """
        if stage not in self._stages:
            prefix = self._find("stage", stage)["uri"]
            addresses = [] if prefix is None else self._result_addresses(stage, prefix)
            self._stages[stage] = [self._stage_output(stage, index, uri) for index, uri in addresses]
        return self._stages[stage]

    def _find(self, kind: str, name: str | None) -> Mapping[str, Any]:
        fitting = [item for item in self._inputs if item["kind"] == kind and name in (None, item["name"])]
        if len(fitting) == 1:
            return fitting[0]
        wanted = f"input of kind {kind!r}" + (f" named {name!r}" if name else "")
        there = ", ".join(f"{item['name']} ({item['kind']})" for item in self._inputs) or "none"
        raise ForgeError(
            "contract",
            f"The phase asks for one {wanted}; the task spec has {len(fitting)} (inputs: {there}). "
            "Compare the stage's `reads` in contracts/phases.json with what the phase uses.",
        )

    def _result_addresses(self, stage: str, prefix: str) -> list[tuple[int | None, str]]:
        if self._storage.exists(prefix + RESULT):
            return [(None, prefix + RESULT)]
        pattern = re.compile(rf"^{re.escape(prefix)}(\d+)/{re.escape(RESULT)}$")
        found = sorted(
            (int(match[1]), uri) for uri in self._storage.list(prefix) if (match := pattern.match(uri))
        )
        if not found or [index for index, _ in found] != list(range(len(found))):
            have = ", ".join(str(index) for index, _ in found) or "nothing"
            raise ForgeError(
                "not_found",
                f"Stage {stage!r} must have left {prefix}{RESULT}, or one per index from 0; found {have}.",
            )
        return list(found)

    def _stage_output(self, stage: str, index: int | None, uri: str) -> StageOutput:
        result = self._read_result(stage, uri)
        folder = self._folder / "stages" / stage / ("single" if index is None else str(index))
        models = {}
        for model in result["models"]:
            path = folder / "models" / model["name"]
            self._fetch_model(model["files"], path)
            where = f"Model {model['name']!r} of stage {stage!r}"
            self._shelf.add(model["name"], path, verify_model(path, where), model["files"])
            models[model["name"]] = path
        artifacts = {
            item["name"]: self._blobs.fetch(
                item["uri"], item["sha256"], item["bytes"], folder / "artifacts" / item["name"]
            )
            for item in result["artifacts"]
        }
        return StageOutput(index, models, artifacts, result["metrics"])

    def _read_result(self, stage: str, uri: str) -> Any:
        try:
            result = json.loads(self._storage.read_bytes(uri))
        except ValueError as error:
            raise ForgeError("corrupt", f"{uri} is not JSON: {error}. Rerun stage {stage!r}.") from error
        validate(result, "result-manifest", kind="corrupt", where=uri)
        if not result["success"]:
            raise ForgeError(
                "contract", f"Stage {stage!r} has failed ({uri}): {result['error']}. Rerun it first."
            )
        return result

    def _fetch_model(self, files: Sequence[Mapping[str, Any]], folder: Path) -> None:
        for file in files:
            self._blobs.fetch(file["uri"], file["sha256"], file["bytes"], folder / file["path"])


def _parse_document(line: bytes, where: str) -> Document:
    """One NDJSON line. A corpus is a user's: what is wrong in it is `validation`."""
    try:
        document = json.loads(line.decode("utf-8"))
        identifier, text = document["id"], document["text"]
        if isinstance(identifier, str) and isinstance(text, str):
            return Document(identifier, text)
        problem = "id or text is not a string"
    except (ValueError, KeyError, TypeError) as error:
        problem = repr(error)
    raise ForgeError(
        "validation",
        f'{where}: expected {{"id": "...", "text": "..."}} in UTF-8; {problem}. Add the corpus again.',
        {"line": line[:200].decode("utf-8", "replace")},
    )
