"""A graph in onnxruntime: tokens and state in, logits and state out.

Legend: B batch, T tokens, V vocabulary rows.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from agent_forge.graphs.document import read_document
from agent_forge.graphs.files import GRAPH
from agent_forge.graphs.optimised import optimised_graph

Arrays = dict[str, npt.NDArray[Any]]
RUNTIME = f"onnxruntime {onnxruntime.__version__}"


@dataclass(frozen=True)
class GraphSession:
    """One graph, loaded. `document` is its graph.json."""

    document: dict[str, Any]
    runtime: onnxruntime.InferenceSession

    @staticmethod
    def open(folder: Path, threads: int = 1, cache: Path | None = None) -> "GraphSession":
        """Load a checked graph.

        Args:
            folder: with graph.json, graph and weights.
            threads: of the runtime.
            cache: folder that keeps optimised graphs of this machine; None optimises anew.

        Raises:
            ForgeError(validation): the files are unsafe or not what graph.json says.
        """
        document = read_document(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        path = folder / GRAPH
        if cache is not None:
            path = optimised_graph(folder, document, cache)
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        runtime = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return GraphSession(document, runtime)

    def start(self, batch: int) -> Arrays:
        """The state before the first token, by the names of the inputs."""
        return {
            each["input"]: np.zeros([batch, *each["shape"][1:]], dtype=each["dtype"])
            for each in self.document["state"]
        }

    def step(self, tokens_BT: npt.NDArray[np.int64], state: Arrays) -> tuple[npt.NDArray[np.float32], Arrays]:
        """Logits (B, T, V) of T more tokens in every row, and the state after them."""
        names = [self.document["logits"]["name"], *(each["output"] for each in self.document["state"])]
        logits_BTV, *after = self.runtime.run(names, {self.document["tokens"]["name"]: tokens_BT, **state})
        inputs = (each["input"] for each in self.document["state"])
        return logits_BTV, dict(zip(inputs, after, strict=True))
