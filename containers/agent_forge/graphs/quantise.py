"""Smaller graphs of the same model: eight-bit matrices, four-bit blocks.

Products of activations with activations stay in floating point, and so does the memory's scan.
"""

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from agent_forge.graphs.files import GRAPH, TOKENS
from agent_forge.graphs.saved import write_whole
from agent_forge.graphs.session import GraphSession

OPERATORS = ["MatMul", "Gather"]


def write_int8(source: Path, folder: Path) -> None:
    """Weights to int8 with a scale per output; activations are quantised as they come, a scale per call.

    Args:
        source: folder with the fp32 graph.
        folder: gets graph and weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        quantised = Path(work) / "int8.onnx"
        quantize_dynamic(
            _prepared(source), str(quantised), op_types_to_quantize=OPERATORS, per_channel=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
        write_whole(onnx.load(str(quantised)), folder)


def write_int4(source: Path, folder: Path, block_size: int) -> None:
    """Matrices to four bits with a scale per block (MatMulNBits), rows of the embedding to int8.

    Args:
        source: folder with the fp32 graph.
        folder: gets graph and weights.
        block_size: weights that share a scale.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        rows = Path(work) / "rows.onnx"
        # Rows of the embedding keep eight bits: a rounding there is in everything that follows.
        quantize_dynamic(
            _prepared(source), str(rows), op_types_to_quantize=["Gather"], weight_type=QuantType.QInt8
        )  # fmt: skip
        quantiser = MatMulNBitsQuantizer(
            onnx.load(str(rows)), bits=4, block_size=block_size, is_symmetric=True, accuracy_level=4,
            op_types_to_quantize=("MatMul",),
        )  # fmt: skip
        # It says of every node what it does with it.
        logging.getLogger(MatMulNBitsQuantizer.__module__).setLevel(logging.ERROR)
        quantiser.process()
        write_whole(quantiser.model.model, folder)


def write_qdq(source: Path, folder: Path, rows_RT: npt.NDArray[np.int64]) -> None:
    """Weights and activations with fixed scales (QDQ), for compilers of fixed shapes; scales from real text.

    Args:
        source: folder with the fp32 graph.
        folder: gets graph and weights.
        rows_RT: token ids whose activations give the scales, least to most.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        prepared, quantised = Path(work) / "prepared.onnx", Path(work) / "qdq.onnx"
        onnx.save_model(_prepared(source), str(prepared))
        quantize_static(
            str(prepared), str(quantised), _Rows(source, rows_RT), quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
        )  # fmt: skip
        write_whole(onnx.load(str(quantised)), folder)


class _Rows(CalibrationDataReader):
    """One row of text per call, each from an empty state."""

    def __init__(self, source: Path, rows_RT: npt.NDArray[np.int64]) -> None:
        session = GraphSession.open(source)
        calls = [{TOKENS: rows_RT[row : row + 1], **session.start(1)} for row in range(len(rows_RT))]
        self.calls = iter(calls)

    def get_next(self) -> dict[str, npt.NDArray[Any]] | None:
        """The inputs of the next call; None when all rows were read."""
        return next(self.calls, None)


def _prepared(source: Path) -> onnx.ModelProto:
    """The graph with its transposed weights computed: a quantiser takes products with constants only."""
    model = onnx.load(str(source / GRAPH))
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    kept = []
    for node in graph.node:
        if node.op_type != "Transpose" or node.input[0] not in constants:
            kept.append(node)
            continue
        order = next((list(each.ints) for each in node.attribute if each.name == "perm"), None)
        turned = numpy_helper.to_array(constants[node.input[0]]).transpose(order)
        graph.initializer.append(numpy_helper.from_array(turned.copy(), node.output[0]))
    del graph.node[:]
    graph.node.extend(kept)
    used = {name for node in kept for name in node.input} | {each.name for each in graph.output}
    inner = {name for node in kept for name in _inner_inputs(node)}
    constants_left = [tensor for tensor in graph.initializer if tensor.name in used | inner]
    del graph.initializer[:]
    graph.initializer.extend(constants_left)
    return model


def _inner_inputs(node: onnx.NodeProto) -> set[str]:
    """What the bodies of a node's loops and branches read; names of the outer graph are among it."""
    bodies = [each.g for each in node.attribute if each.HasField("g")]
    return {name for body in bodies for inner in body.node for name in [*inner.input, *_inner_inputs(inner)]}
