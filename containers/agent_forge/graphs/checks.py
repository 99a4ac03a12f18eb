"""What a graph's files may not do: lead out of their folder, or bring operators that nobody here knows.

Earlier readers were led to other files by external data with a path in it, by symbolic and by hard links
(CVE-2022-25882, CVE-2024-27318), so a location is a plain name of a file that is there once.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from agent_forge.errors import ForgeError
from agent_forge.graphs.files import GRAPH

DOMAINS = frozenset({"", "ai.onnx", "com.microsoft"})
MOST_GRAPH_BYTES = 64 * 2**20  # weights lie beside the graph, so it is small


def check_files(folder: Path, names: Sequence[str]) -> None:
    """Refuse names that are paths, links, and graphs that name other files or foreign operators.

    Args:
        folder: of the graph.
        names: the files that belong to it; the graph's weights may lie in these alone.

    Raises:
        ForgeError(validation): code `unsafe_path`, `op_not_allowed`, `missing_file` or `graph_invalid`.
    """
    for name in names:
        _check_file(folder, name)
    if GRAPH not in names:
        raise _refused("missing_file", f"{folder} lists no {GRAPH}")
    graph = _read(folder / GRAPH)
    foreign = sorted({domain for domain in _domains(graph) if domain not in DOMAINS})
    if foreign or graph.functions:
        named = foreign or [each.name for each in graph.functions]
        expected = ", ".join(sorted(DOMAINS - {""}))
        raise _refused(
            "op_not_allowed", f"{GRAPH} brings operators of {named[:5]}; expected those of {expected}"
        )
    for tensor in _tensors(graph.graph):
        for location in (each.value for each in tensor.external_data if each.key == "location"):
            if location not in names:
                raise _unsafe(f"tensor {tensor.name!r} of {GRAPH} lies in {location!r}")


def _check_file(folder: Path, name: str) -> None:
    if name != os.path.basename(name) or name in ("", ".", "..") or "\\" in name or "\0" in name:
        raise _unsafe(f"a file is named {name!r}")
    try:
        found = os.lstat(folder / name)
    except FileNotFoundError as error:
        raise _refused("missing_file", f"{folder} has no {name}") from error
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise _unsafe(f"{name} is a link, or a file that has another name as well")


def _read(path: Path) -> onnx.ModelProto:
    size = path.stat().st_size
    if size > MOST_GRAPH_BYTES:
        raise _refused("graph_invalid", f"{path.name} has {size} bytes; expected at most {MOST_GRAPH_BYTES}")
    try:
        return onnx.load_model_from_string(path.read_bytes())
    except DecodeError as error:
        raise _refused("graph_invalid", f"{path.name} is no ONNX graph: {error}") from error


def _domains(model: onnx.ModelProto) -> Iterator[str]:
    yield from (each.domain for each in model.opset_import)
    yield from (node.domain for node in _nodes(model.graph))


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]:
                yield from _graphs(inner)


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    return (node for each in _graphs(graph) for node in each.node)


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    for each in _graphs(graph):
        yield from each.initializer
        for sparse in each.sparse_initializer:
            yield from (sparse.values, sparse.indices)
    for node in _nodes(graph):
        for attribute in node.attribute:
            yield from [attribute.t] if attribute.HasField("t") else []
            yield from attribute.tensors


def _unsafe(what: str) -> ForgeError:
    return _refused("unsafe_path", f"{what}; expected plain names of files beside the graph")


def _refused(code: str, what: str) -> ForgeError:
    return ForgeError("validation", f"{what}. Take the files of the model's own export.", {"code": code})
