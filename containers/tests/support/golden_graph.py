"""Writes test/golden/onnx-toy: a toy's graph, tokenizer and probe, for the tests that run graphs in Node.

python -m tests.support.golden_graph ../test/golden/onnx-toy
"""

import sys
from pathlib import Path

from agent_forge.graphs.dequantised import dequantised
from agent_forge.graphs.document import facts_of, write_document
from agent_forge.graphs.parity import random_batches
from agent_forge.graphs.probe import write_probe
from agent_forge.graphs.session import GraphSession
from agent_forge.graphs.trace import write_graph
from agent_forge.models.folder import load_model
from tests.export.folders import config_of, write_folder


def write_golden(folder: Path, scratch: Path) -> None:
    """A model with memory and pondering; its weights stay in `scratch`."""
    source = write_folder(scratch, config_of(memory=True, act=2, subln=True))
    model = load_model(source).eval()
    folder.mkdir(parents=True, exist_ok=True)
    write_graph(dequantised(model), folder)
    write_document(folder, "fp32", facts_of(model.config, source))
    (folder / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    batches = [each.numpy() for each in random_batches(model.config.arch.vocab_size, 2, 9, seed=1)]
    write_probe(GraphSession.open(folder), folder, batches)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        write_golden(Path(sys.argv[1]), Path(scratch) / "model")
