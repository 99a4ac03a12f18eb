"""What a phase publishes beside new models, and how a later stage reads it back."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save
from torch import Tensor

from agent_forge.model_files import CONFIG, TOKENIZER, WEIGHTS
from agent_forge.phase import Parent, PhaseContext, StageOutput

SAFETENSORS_TYPE, JSON_TYPE = "application/vnd.safetensors", "application/json"


def publish_json(context: PhaseContext, name: str, document: Any) -> None:
    """Write a JSON document and publish it; equal documents have equal bytes."""
    path = context.work / f"{name}.json"
    path.write_text(json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n")
    context.publish_artifact(name, path, JSON_TYPE)


def read_json(output: StageOutput, name: str) -> Any:
    """A JSON artifact of a stage."""
    return json.loads(output.artifacts[name].read_text(encoding="utf-8"))


def publish_tensors(context: PhaseContext, name: str, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors as safetensors and publish them."""
    path = context.work / f"{name}.safetensors"
    path.write_bytes(save({key: tensors[key].contiguous() for key in sorted(tensors)}))
    context.publish_artifact(name, path, SAFETENSORS_TYPE)


def read_tensors(output: StageOutput, name: str) -> dict[str, Tensor]:
    """The tensors of an artifact of a stage, by name."""
    return load_file(output.artifacts[name])


def publish_under(
    context: PhaseContext, name: str, role: str, source: Path, parents: Sequence[Parent]
) -> None:
    """Publish what an earlier stage trained as a model of the phase, under its final name.

    Args:
        source: the model's folder, which is left as it is.
    """
    copy = context.work / "published" / name
    copy.mkdir(parents=True, exist_ok=True)
    for file in (WEIGHTS, CONFIG, TOKENIZER):
        shutil.copyfile(source / file, copy / file)
    context.publish_model(name, role, copy, parents)
