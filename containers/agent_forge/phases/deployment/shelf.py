"""Graphs between the stages of a run: each file is an artifact named after its variant."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent_forge.artifacts import JSON_TYPE
from agent_forge.graphs.files import DATA, DOCUMENT, GRAPH
from agent_forge.phase import PhaseContext, StageOutput
from agent_forge.phases.deployment.adapter import Variant

ONNX_TYPE, BYTES_TYPE = "application/onnx", "application/octet-stream"
TYPES = {GRAPH: ONNX_TYPE, DATA: BYTES_TYPE, DOCUMENT: JSON_TYPE}


def publish_graph(context: PhaseContext, variant: str, folder: Path) -> None:
    """Publish the files of a graph."""
    for name, media_type in TYPES.items():
        context.publish_artifact(f"{variant}-{name}", folder / name, media_type)


def graph_folder(output: StageOutput, variant: str, folder: Path) -> Path:
    """Lay the files of a graph out under their own names.

    Args:
        folder: where folders of graphs are made.
    """
    target = folder / variant
    target.mkdir(parents=True, exist_ok=True)
    for name in TYPES:
        shutil.copyfile(output.artifacts[f"{variant}-{name}"], target / name)
    return target


def variants_of(output: StageOutput, scores: Mapping[str, Any], folder: Path) -> dict[str, Variant]:
    """Every variant with what it was scored at.

    Args:
        scores: the document that the export published.
        folder: where folders of graphs are made.
    """
    return {
        name: Variant(name, graph_folder(output, name, folder), each["bytes"], each["nats"], each["top1"])
        for name, each in scores["variants"].items()
    }
