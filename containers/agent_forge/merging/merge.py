"""One merge: open, plan, write beside the place, rename. Nothing is written unless everything fits."""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from agent_forge.code_hash import source_files
from agent_forge.errors import ForgeError
from agent_forge.merging.dtypes import ELEMENT_BYTES, encode
from agent_forge.merging.model_folder import INDEX, WEIGHTS, ModelFolder, open_model
from agent_forge.merging.output_folder import (
    RECORD,
    refuse_occupied,
    staged,
    stated_hash,
    write_document,
    write_neighbours,
)
from agent_forge.merging.plan import MergePlan, TensorPlan, plan_merge
from agent_forge.merging.problems import Problem, refuse
from agent_forge.merging.progress import Progress
from agent_forge.merging.recipe import Recipe
from agent_forge.merging.tensor_inputs import BLOCK, TensorInputs
from agent_forge.merging.weights_writer import WeightsWriter

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class MergeSummary:
    """What came out. `sha256` is that of the weight file, or of the shards' index; `files` has all."""

    out: str
    method: str
    sha256: str
    files: Mapping[str, str]
    tensors: int
    parameters: int
    bytes: int
    layers: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return asdict(self)


def merge(
    recipe: Recipe,
    folders: Mapping[str, Path],
    out: Path,
    *,
    shard_bytes: int | None = None,
    progress: TextIO | None = None,
) -> MergeSummary:
    """Merge model folders into a new one.

    Args:
        recipe: what to do.
        folders: where each of the recipe's models lies.
        out: the new folder; it must not exist, or be empty.
        shard_bytes: most bytes of tensors per weight file; None for one file.
        progress: stream for progress lines; None for silence.

    Raises:
        ForgeError(validation): with `code` and `problems` in its detail, before any byte is written.
    """
    began = time.monotonic()
    models = open_models(recipe, folders)
    try:
        plan = plan_merge(recipe, models)
        refuse_occupied(out)
        told = Progress(plan.bytes, progress)
        with staged(out) as staging:
            writer = WeightsWriter(staging, plan.tensors, shard_bytes)
            writer.write(lambda tensor: _blocks(tensor, recipe.seed, told))
            write_neighbours(staging, plan, models[recipe.donor])
            write_document(staging / RECORD, _record(plan, models, writer.sha256))
        told.end()
    finally:
        for model in models.values():
            model.close()
    return MergeSummary(
        out=str(out),
        method=recipe.method,
        sha256=_main_hash(writer.sha256),
        files=writer.sha256,
        tensors=len(plan.tensors),
        parameters=sum(tensor.size for tensor in plan.tensors),
        bytes=plan.bytes,
        layers=plan.num_layers,
        seconds=round(time.monotonic() - began, 3),
    )


def open_models(recipe: Recipe, folders: Mapping[str, Path]) -> dict[str, ModelFolder]:
    """Every model of the recipe, or one refusal that names all that cannot be opened."""
    models: dict[str, ModelFolder] = {}
    problems: list[Problem] = []
    for name in recipe.all_models:
        try:
            if name not in folders:
                message = f"no folder is given for the model {name}"
                raise ForgeError("validation", message, {"code": "missing_model"})
            models[name] = open_model(name, folders[name])
        except ForgeError as error:
            code = str((error.detail or {}).get("code", error.kind))
            problems.append(Problem(pointer=_place_of(recipe, name), code=code, message=error.message))
    if problems:
        for model in models.values():
            model.close()
        raise refuse("Models cannot be opened.", problems)
    return models


def _place_of(recipe: Recipe, name: str) -> str:
    """Where the recipe's document names a model."""
    if recipe.slices is None and name in recipe.models:
        return f"/models/{recipe.models.index(name)}/model"
    for index, each in enumerate(recipe.slices or ()):
        for at, source in enumerate(each.sources):
            if source.model == name:
                return f"/slices/{index}/sources/{at}/model"
    return "/base_model"


def _blocks(plan: TensorPlan, seed: int, progress: Progress) -> Iterable[NDArray[Any]]:
    """A tensor's elements as they are written."""
    for block in _copied(plan) if plan.method is None else _merged(plan, seed):
        yield block
        progress.add(block.nbytes)


def _merged(plan: TensorPlan, seed: int) -> Iterable[NDArray[Any]]:
    if plan.method is None or plan.size == 0:
        return
    inputs = TensorInputs(plan.name, plan.sources, plan.base, plan.settings, seed)
    operator = plan.method.prepare(inputs)
    for start, stop in inputs.ranges(operator.unit):
        yield encode(operator.combine(start, stop), plan.dtype)


def _copied(plan: TensorPlan) -> Iterable[NDArray[Any]]:
    source = plan.sources[0]
    width = ELEMENT_BYTES[source.tensor.dtype]
    for start in range(0, plan.size, BLOCK):
        raw = np.empty((min(plan.size, start + BLOCK) - start) * width, dtype=np.uint8)
        source.model.read_bytes(source.tensor, start, raw)
        yield raw


def _main_hash(files: Mapping[str, str]) -> str:
    return files[WEIGHTS] if WEIGHTS in files else files[INDEX]


def _record(plan: MergePlan, models: Mapping[str, ModelFolder], files: Mapping[str, str]) -> dict[str, Any]:
    """merge.json: enough to repeat the merge and to know its parents."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "method": plan.recipe.method,
        "recipe": plan.recipe.to_json(),
        "seed": plan.recipe.seed,
        "parents": [{"model": name, **stated_hash(models[name].folder)} for name in plan.recipe.all_models],
        "layers": plan.num_layers,
        "tensors": len(plan.tensors),
        "weightsHash": _main_hash(files),
        "files": dict(files),
        "codeHash": _code_hash(),
    }


def _code_hash() -> str:
    """SHA-256 over this package's files: which code made the merge."""
    own = {path: digest for path, digest in source_files().items() if path.startswith("merging/")}
    return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()
