"""A traced graph says in onnxruntime what torch says; its files say how it is called, and nothing else."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from agent_forge.errors import ForgeError
from agent_forge.graphs.dequantised import dequantised
from agent_forge.graphs.document import read_document, state_bytes
from agent_forge.graphs.optimised import cache_key
from agent_forge.graphs.parity import (
    compared,
    parity,
    random_batches,
    stepwise_parity,
    text_batches,
)
from agent_forge.graphs.quantise import write_int4, write_int8
from agent_forge.graphs.session import GraphSession
from agent_forge.models.folder import load_model
from tests.graphs.toys import ROWS, WINDOW, tokens


def test_onnxruntime_says_what_torch_says_for_any_batch_and_length(traced_toy: Path) -> None:
    plain, session = dequantised(load_model(traced_toy / "model")), GraphSession.open(traced_toy / "fp32")
    shapes = [tokens(batch, length) for batch, length in ((1, 1), (1, 2), (5, 9), (2, 50))]
    found = parity(session, plain, [*shapes, *random_batches(ROWS, 6, 12, seed=1)])
    assert found.holds, found
    assert found.places == 1 + 2 + 45 + 100 + 12 * (1 + 2 + 3 + 4 + 1 + 2)


def test_a_graph_of_other_weights_does_not_hold(traced_toy: Path) -> None:
    plain = dequantised(load_model(traced_toy / "model"))
    with torch.no_grad():
        plain.embedding.weight[40] += 0.01
    found = parity(GraphSession.open(traced_toy / "fp32"), plain, [tokens(2, 9)])
    assert not found.holds


def test_a_place_at_the_threshold_of_pondering_is_a_tie_and_no_other_difference_is_one(
    traced_toy: Path,
) -> None:
    plain, rows = dequantised(load_model(traced_toy / "model")), tokens(1, 9)
    assert plain.act is not None
    reached: list[torch.Tensor] = []
    hook = plain.act.halt.register_forward_hook(lambda *call: reached.append(call[2].sigmoid()[0, :, 0]))
    with torch.no_grad():
        plain(rows)
        hook.remove()
        # given a threshold a hair above what the fourth token reaches, and a graph that has it a hair below
        eps = 1.0 - float(reached[0][4])
        model, graph = (
            plain.with_config(replace(plain.config, act=replace(plain.config.act, eps=each))).eval()
            for each in (eps - 4e-6, eps + 4e-6)
        )
        apart = (model(rows).logits_BTV - graph(rows).logits_BTV).abs().amax(-1)
        assert (apart > 1e-4).sum() == 1
        found = compared(model, rows, graph(rows).logits_BTV.numpy())
        assert (found.ties, found.holds) == (1, True)
        assert not compared(model, rows, graph(tokens(1, 9, seed=6)).logits_BTV.numpy()).holds


def test_one_token_at_a_time_gives_what_one_pass_gives(traced_toy: Path) -> None:
    plain, session = dequantised(load_model(traced_toy / "model")), GraphSession.open(traced_toy / "fp32")
    assert stepwise_parity(session, plain, tokens(2, 3 * WINDOW)).holds


def test_the_document_is_what_the_graph_declares_and_counts_the_state(traced_toy: Path) -> None:
    document = read_document(traced_toy / "fp32")
    session = GraphSession.open(traced_toy / "fp32")
    state = session.start(3)
    assert {each["input"] for each in document["state"]} == state.keys()
    assert sum(array.nbytes for array in state.values()) == 3 * document["stateBytesPerRow"]
    keys = [each for each in document["state"] if each["input"] in ("past_keys", "past_values")]
    assert state_bytes(keys) == 2 * 2 * 2 * 16 * (WINDOW - 1) * 4
    _, after = session.step(tokens(3, 5).numpy(), state)
    assert {name: array.shape for name, array in after.items()} == {
        name: array.shape for name, array in state.items()
    }


def test_a_graph_names_no_file_of_the_machine_that_traced_it(traced_toy: Path) -> None:
    data = (traced_toy / "fp32/model.onnx").read_bytes()
    assert b"agent_forge" not in data
    assert b".py" not in data


def test_batches_of_text_have_the_shapes_of_the_random_ones() -> None:
    stream = torch.arange(400)
    random, text = random_batches(ROWS, 9, 8, seed=1), text_batches(stream, 9, 8)
    assert [each.shape for each in text] == [each.shape for each in random]
    assert text[0][0, 0] == 0


def test_the_optimised_graph_is_kept_and_says_the_same(traced_toy: Path, tmp_path: Path) -> None:
    rows = tokens(2, 9).numpy()
    plain = GraphSession.open(traced_toy / "fp32")
    for _ in range(2):
        session = GraphSession.open(traced_toy / "fp32", cache=tmp_path)
        logits, _ = session.step(rows, session.start(2))
        assert np.abs(logits - plain.step(rows, plain.start(2))[0]).max() <= 1e-5
    assert [path.name for path in tmp_path.iterdir()] == [cache_key(plain.document)]


def test_an_optimised_graph_holds_for_one_runtime_and_one_processor(traced_toy: Path) -> None:
    document = read_document(traced_toy / "fp32")
    facts = (("1.0", "avx2"), ("1.1", "avx2"), ("1.0", "amx"))
    assert len({cache_key(document, runtime, flags) for runtime, flags in facts}) == 3
    assert cache_key(document) == cache_key(document)


@pytest.mark.parametrize(("bits", "operator"), [(8, "MatMulInteger"), (4, "MatMulNBits")])
def test_a_quantised_graph_is_smaller_and_takes_the_same_calls(
    traced_toy: Path, tmp_path: Path, bits: int, operator: str
) -> None:
    if bits == 8:
        write_int8(traced_toy / "fp32", tmp_path)
    else:
        write_int4(traced_toy / "fp32", tmp_path, 32)
    document = json.loads((traced_toy / "fp32/graph.json").read_text())
    graph = onnx.load(str(tmp_path / "model.onnx"), load_external_data=False)
    assert operator in {node.op_type for node in graph.graph.node}
    assert [each.name for each in graph.graph.input] == [
        "tokens",
        *(each["input"] for each in document["state"]),
    ]
    size = (tmp_path / "model.onnx.data").stat().st_size
    assert size < (traced_toy / "fp32/model.onnx.data").stat().st_size * (0.6 if bits == 8 else 0.5)


def test_a_file_that_is_not_what_the_document_says_is_refused(traced_toy: Path, tmp_path: Path) -> None:
    for name in ("graph.json", "model.onnx", "model.onnx.data"):
        (tmp_path / name).write_bytes((traced_toy / "fp32" / name).read_bytes())
    data = bytearray((tmp_path / "model.onnx.data").read_bytes())
    data[100] ^= 1
    (tmp_path / "model.onnx.data").write_bytes(data)
    with pytest.raises(ForgeError) as caught:
        GraphSession.open(tmp_path)
    assert (caught.value.kind, caught.value.detail) == ("validation", {"code": "checksum_mismatch"})
