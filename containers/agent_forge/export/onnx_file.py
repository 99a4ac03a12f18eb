"""ONNX: one graph from tokens to logits, weights beside it, compared with torch before it is published."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor

from agent_forge.data.tokenizer import RESERVED_ROWS
from agent_forge.errors import ForgeError
from agent_forge.export.backbone import Property, is_exact, properties_of, without_memory
from agent_forge.export.card import Card, write_card
from agent_forge.export.measured import HeldOutText, compare
from agent_forge.export.source import Source
from agent_forge.export.standard import Standard, require_agreed
from agent_forge.export.token_model import TokenModel
from agent_forge.models.titan import TinyTitan

OPSET = 18
GRAPH = "model.onnx"
MOST_DIFFERENCE = 1e-4
SHAPES = ((1, 5), (2, 17), (3, 33))


def write_onnx(source: Source, folder: Path, text: HeldOutText | None, agreed: list[str]) -> dict[str, Any]:
    """model.onnx and its weights; `parity` says how far onnxruntime is from torch, per batch.

    Raises:
        ForgeError(validation): a memory that nobody agreed to lose, or whose loss cannot be measured.
        ForgeError(numeric): onnxruntime says something else than torch.
    """
    lost = _properties(source.model)
    require_agreed(lost, agreed, "ONNX")
    plain = without_memory(source.model)
    figures = compare(source.model, plain, text, source.tokenizer) if text else None
    if figures is None and not is_exact(lost):
        message = (
            "What the graph leaves out has to be measured. Give held-out text with --corpus FILE.ndjson."
        )
        raise ForgeError("validation", message, {"code": "not_measurable"})
    standard = Standard(plain, lost, 1, (), figures)
    graph = TokenModel(without_memory(source.model)).eval()
    _trace(graph, folder / GRAPH)
    onnx.checker.check_model(str(folder / GRAPH))
    parity = _parity(graph, folder / GRAPH, _batches(plain, text))
    write_card(folder, Card("onnx", source, standard, None))
    return {"standard": standard.to_json(), "opset": OPSET, "parity": parity}


def _properties(model: TinyTitan) -> tuple[Property, ...]:
    """What a graph does with each property: it has our arithmetic, all but the memory's."""
    exact = {
        "act": "all steps under masks",
        "window": "masked in the graph as here",
        "embed_scale": "in the graph as here",
        "subln": "in the graph as here",
    }
    return tuple(
        Property(each.name, "exact", exact[each.name]) if each.name in exact else each
        for each in properties_of(model)
    )


def _trace(graph: TokenModel, path: Path) -> None:
    sizes = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("sequence", min=2)}
    with torch.no_grad():
        program = torch.onnx.export(
            graph, (torch.full((2, 8), RESERVED_ROWS),), dynamo=True, dynamic_shapes=(sizes,),
            opset_version=OPSET, input_names=["tokens"], output_names=["logits"], verbose=False,
        )  # fmt: skip
    assert program is not None
    program.save(str(path), external_data=True)


def _batches(plain: TinyTitan, text: HeldOutText | None) -> dict[str, Tensor]:
    """Random tokens of several shapes, and real ones where there is text."""
    generator = torch.Generator().manual_seed(0)
    rows = plain.config.arch.vocab_size
    found = {
        f"random {batch}x{length}": torch.randint(RESERVED_ROWS, rows, (batch, length), generator=generator)
        for batch, length in SHAPES
    }
    if text is not None:
        found["text 2x64"] = text.measuring[:128].reshape(2, 64)
    return found


def _parity(graph: TokenModel, path: Path, batches: dict[str, Tensor]) -> dict[str, Any]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    found = {}
    for name, tokens_BT in batches.items():
        (theirs,) = session.run(["logits"], {"tokens": tokens_BT.numpy()})
        with torch.no_grad():
            ours = graph(tokens_BT).numpy()
        found[name] = float(np.abs(theirs - ours).max())
    worst = max(found.values())
    if not worst <= MOST_DIFFERENCE:
        message = f"onnxruntime is {worst:.2g} from torch; expected at most {MOST_DIFFERENCE}: {found}."
        raise ForgeError("numeric", message, {"code": "parity"})
    runtime = f"onnxruntime {onnxruntime.__version__}"
    return {"runtime": runtime, "limit": MOST_DIFFERENCE, "largestDifference": found}
