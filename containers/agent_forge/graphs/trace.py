"""From a stepping model to `model.onnx` and its weights in `model.onnx.data`, by torch's dynamo exporter."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch

from agent_forge.data.tokenizer import RESERVED_ROWS
from agent_forge.graphs.files import GRAPH, LOGITS, OPSET, TOKENS, input_name, output_name
from agent_forge.graphs.saved import write_whole
from agent_forge.graphs.stepping import SteppingModel
from agent_forge.models.titan import TinyTitan

EXAMPLE = (2, 8)  # rows and tokens of the call that is traced; graphs take any


def write_graph(plain: TinyTitan, folder: Path) -> None:
    """Trace a model without quantisation; equal models give equal bytes.

    Args:
        plain: is taken over, see `SteppingModel`.
        folder: gets the two files.
    """
    model = SteppingModel(plain).eval()
    state = model.start(EXAMPLE[0])
    batch, length = torch.export.Dim("batch", min=1), torch.export.Dim("sequence", min=1)
    shapes = {"tokens_BT": {0: batch, 1: length}, "state": {name: {0: batch} for name in state}}
    names = [input_name(name) for name in state]
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad(), _quietly():
        program = torch.onnx.export(
            model, (), kwargs={"tokens_BT": torch.full(EXAMPLE, RESERVED_ROWS), "state": state}, dynamo=True,
            dynamic_shapes=shapes, opset_version=OPSET, input_names=[TOKENS, *names],
            output_names=[LOGITS, *(output_name(name) for name in state)], verbose=False,
        )  # fmt: skip
        assert program is not None
        # Saved by torch first: it owns the weights, which a message of more than 2 GB could not hold.
        program.save(str(folder / GRAPH), external_data=True)
    write_whole(onnx.load(str(folder / GRAPH)), folder)
    onnx.checker.check_model(str(folder / GRAPH))


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """The exporter talks of packages that are not there and of names of axes."""
    quiet = logging.getLogger("torch.onnx")
    level = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        quiet.setLevel(level)
