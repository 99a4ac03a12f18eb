"""ONNX in onnxruntime, on shapes and text that the export did not look at, against our forward pass."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agent_forge.graphs.dequantised import dequantised
from agent_forge.graphs.session import GraphSession
from tests.foreign.conftest import Toy

Exported = Callable[[str, str], tuple[Path, dict[str, Any]]]


@pytest.mark.parametrize("name", ["pondering", "whole", "ternary"])
def test_the_graph_gives_our_logits_for_every_batch_and_length(
    name: str, toys: dict[str, Toy], exported: Exported, held_out: str, figures: dict[str, Any]
) -> None:
    folder, told = exported(name, "onnx")
    session = GraphSession.open(folder)
    ids = torch.tensor(toys[name].tokenizer.encode(held_out[:6000]))
    plain = dequantised(toys[name].model)
    found = []
    for batch, length in ((1, 2), (1, 64), (5, 9), (4, 80)):
        tokens = ids[: batch * length].reshape(batch, length)
        theirs, _ = session.step(tokens.numpy(), session.start(batch))
        with torch.no_grad():
            ours = plain(tokens).logits_BTV.numpy()
        found.append(float(np.abs(theirs - ours).max()))
    figures[f"{name}, largest difference"] = max(found)
    figures[f"{name}, loss in bits per byte"] = told["standard"]["measured"]["loss"]
    assert max(found) <= 1e-4


def test_the_weights_lie_beside_the_graph_and_are_hashed(exported: Exported) -> None:
    folder, told = exported("pondering", "onnx")
    assert {"model.onnx", "model.onnx.data", "graph.json"} <= told["files"].keys()
    assert max(told["parity"]["largestDifference"].values()) <= told["parity"]["limit"] == 1e-4
    assert json.loads((folder / "export.json").read_text()) == told
