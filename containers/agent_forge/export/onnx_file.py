"""ONNX: one graph from tokens and state to logits and state, compared with torch before it is published."""

from pathlib import Path
from typing import Any

from torch import Tensor

from agent_forge.errors import ForgeError
from agent_forge.export.backbone import Property, is_exact, properties_of
from agent_forge.export.card import Card, write_card
from agent_forge.export.measured import HeldOutText, compare
from agent_forge.export.source import Source
from agent_forge.export.standard import Standard, require_agreed
from agent_forge.graphs.dequantised import dequantised
from agent_forge.graphs.document import facts_of, write_document
from agent_forge.graphs.files import OPSET
from agent_forge.graphs.parity import MOST_DIFFERENCE, parity, random_batches, text_batches
from agent_forge.graphs.probe import write_probe
from agent_forge.graphs.session import GraphSession
from agent_forge.graphs.trace import write_graph
from agent_forge.models.titan import TinyTitan

LENGTHS = (5, 17, 33)
PROBED = 9  # tokens in a row of the probe
# What a graph does with each property: it has our arithmetic, the memory's too.
EXACT = {
    "act": "all steps under masks",
    "window": "masked in the graph as here",
    "embed_scale": "in the graph as here",
    "subln": "in the graph as here",
    "memory": "its state goes in and comes out with that of attention",
}


def write_onnx(source: Source, folder: Path, text: HeldOutText | None, agreed: list[str]) -> dict[str, Any]:
    """model.onnx, its weights and graph.json; `parity` says how far onnxruntime is from torch, per length.

    Raises:
        ForgeError(validation): thoughts that nobody agreed to lose, or a loss that cannot be measured.
        ForgeError(numeric): onnxruntime says something else than torch.
    """
    lost = _properties(source.model)
    require_agreed(lost, agreed, "ONNX")
    plain = dequantised(source.model)
    figures = compare(source.model, plain, text, source.tokenizer) if text else None
    if figures is None and not is_exact(lost):
        message = (
            "What the graph leaves out has to be measured. Give held-out text with --corpus FILE.ndjson."
        )
        raise ForgeError("validation", message, {"code": "not_measurable"})
    standard = Standard(plain, lost, 1, (), figures)
    write_graph(dequantised(source.model), folder)
    write_document(folder, "fp32", facts_of(source.model.config, source.folder))
    session = GraphSession.open(folder)
    found = _parity(session, plain, _batches(plain, text))
    rows = source.model.config.arch.vocab_size
    write_probe(session, folder, [each.numpy() for each in random_batches(rows, 2, PROBED, seed=1)])
    write_card(folder, Card("onnx", source, standard, None))
    return {"standard": standard.to_json(), "opset": OPSET, "parity": found}


def _properties(model: TinyTitan) -> tuple[Property, ...]:
    return tuple(
        Property(each.name, "exact", EXACT[each.name]) if each.name in EXACT else each
        for each in properties_of(model)
    )


def _batches(plain: TinyTitan, text: HeldOutText | None) -> dict[str, list[Tensor]]:
    """Random tokens of several lengths, and real ones where there is text."""
    rows = plain.config.arch.vocab_size
    found = {f"random, {length} tokens": random_batches(rows, 3, length, seed=0) for length in LENGTHS}
    if text is not None:
        found["text, 64 tokens"] = text_batches(text.measuring, 2, 64)
    return found


def _parity(session: GraphSession, plain: TinyTitan, batches: dict[str, list[Tensor]]) -> dict[str, Any]:
    found = {name: parity(session, plain, each).difference for name, each in batches.items()}
    worst = max(found.values())
    if not worst <= MOST_DIFFERENCE:
        message = f"onnxruntime is {worst:.2g} from torch; expected at most {MOST_DIFFERENCE}: {found}."
        raise ForgeError("numeric", message, {"code": "parity"})
    runtime = f"onnxruntime {session.document['writtenBy']['onnxruntime']}"
    return {"runtime": runtime, "limit": MOST_DIFFERENCE, "largestDifference": found}
