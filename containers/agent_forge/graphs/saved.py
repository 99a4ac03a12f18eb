"""How a graph is written: two files, the weights beside the graph, and nothing of how it came about."""

from pathlib import Path

import onnx

from agent_forge.graphs.files import DATA, GRAPH


def write_whole(model: onnx.ModelProto, folder: Path) -> None:
    """Graph and weights as two files, without what tools note down on the way, such as paths of sources."""
    _forget(model.graph)
    del model.metadata_props[:]
    (folder / DATA).unlink(missing_ok=True)
    onnx.save_model(
        model, str(folder / GRAPH), save_as_external_data=True, all_tensors_to_one_file=True,
        location=DATA, size_threshold=1024,
    )  # fmt: skip


def _forget(graph: onnx.GraphProto) -> None:
    del graph.metadata_props[:]
    graph.doc_string = ""
    for value in [*graph.input, *graph.output, *graph.value_info]:
        del value.metadata_props[:]
        value.doc_string = ""
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _forget(attribute.g)
