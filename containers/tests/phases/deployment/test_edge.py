"""Target edge: whole units are pruned, the rest is taught again; a killed healing ends with the same bits."""

import json
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
import torch

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.folder import load_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Document, InputModel, Stage
from agent_forge.phases.deployment.adapter import Choice, Desk, Load, Measured, Variant
from agent_forge.phases.deployment.adapters import adapter_of
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.phases.deployment.exporting import shapes_differ, streams_of
from agent_forge.phases.deployment.pruning import kept_width, pruned, unit_worth
from tests.data.texts import documents
from tests.graphs.toys import config_of, titan, tokens
from tests.phases.deployment.measured import measured
from tests.phases.fake_context import FolderContext

TEXTS = documents(12, sentences=30)
CONFIG = replace(DeploymentConfig.preset("test"), target="edge")
LENIENT = replace(CONFIG, of_targets={**CONFIG.of_targets, "edge_prune": 0.5, "edge_most_nats": 10.0})
EDGE = adapter_of("edge")


def job(root: Path, model: Path) -> FolderContext:
    given = InputModel("baked", "baked", "01J0000000000000000000000A")
    return FolderContext(
        root, Stage("export", "single", 1, None), LENIENT.to_json(),
        [Document(f"{i}.txt", text) for i, text in enumerate(TEXTS)], registered={given.name: (given, model)},
    )  # fmt: skip


def shaped(context: FolderContext, model: Path, config: DeploymentConfig = LENIENT) -> TinyTitan:
    source = load_model(model)
    streams = streams_of(context, config, TextTokenizer.of(model), source.config)
    return EDGE.shape(context, config, source, streams)


def same(ours: TinyTitan, theirs: TinyTitan) -> bool:
    pairs = zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True)
    return all(torch.equal(mine, other) for mine, other in pairs)


def test_the_units_that_stay_compute_what_they_computed() -> None:
    model = titan(config_of())
    for block in model.blocks:  # the norm over units would change with their number
        block.ffn.subln = False
        block.ffn.down.weight.data[:, 32:] = 0.0
    worth = [torch.cat([torch.ones(32), torch.zeros(32)]) for _ in model.blocks]
    smaller = pruned(model, worth, 32).eval()
    for block in smaller.blocks:
        block.ffn.subln = False
    # Ternary scales are means over the matrix, so only the plain product is the same.
    x = torch.randn(2, 3, 32, generator=torch.Generator().manual_seed(1))
    for ours, theirs in zip(smaller.blocks, model.blocks, strict=True):
        assert torch.equal(ours.ffn.gate.weight, theirs.ffn.gate.weight[:32])
        assert torch.equal(ours.ffn.down.weight, theirs.ffn.down.weight[:, :32])
        inner = torch.nn.functional.silu(x @ ours.ffn.gate.weight.T) * (x @ ours.ffn.up.weight.T)
        whole = torch.nn.functional.silu(x @ theirs.ffn.gate.weight.T) * (x @ theirs.ffn.up.weight.T)
        assert torch.allclose(inner @ ours.ffn.down.weight.T, whole @ theirs.ffn.down.weight.T, atol=1e-6)


def test_a_unit_that_says_nothing_is_worth_least() -> None:
    model = titan(config_of())
    model.blocks[0].ffn.gate.weight.data[5] = 0.0
    worth = unit_worth(model, tokens(2, 9))
    assert int(worth[0].argmin()) == 5
    assert [each.shape for each in worth] == [torch.Size([64])] * 2


@pytest.mark.parametrize(("share", "width"), [(0.0, 64), (0.4, 32), (0.5, 32), (0.9, 32)])
def test_widths_stay_multiples_of_32(share: float, width: int) -> None:
    assert kept_width(64, share) == width


def test_a_healing_that_is_killed_and_goes_on_ends_with_the_same_bits(
    traced_toy: Path, tmp_path: Path
) -> None:
    straight = shaped(job(tmp_path / "straight", traced_toy / "model"), traced_toy / "model")
    context = job(tmp_path / "killed", traced_toy / "model")
    context.checkpoints.every_step = True
    context.checkpoints.stop_after_saves = 2
    with pytest.raises(ForgeError, match="a stop was requested"):
        shaped(context, traced_toy / "model")
    resumed = shaped(job(tmp_path / "killed", traced_toy / "model"), traced_toy / "model")
    assert straight.config.arch.d_ff == 32
    assert same(straight, resumed)
    assert not same(straight, pruned_only(traced_toy / "model"))


def pruned_only(model: Path) -> TinyTitan:
    source = load_model(model).eval()
    return pruned(source, unit_worth(source, tokens(2, 9)), 32)


def test_a_healed_model_that_lost_too_much_is_not_taken(traced_toy: Path, tmp_path: Path) -> None:
    strict = replace(LENIENT, of_targets={**LENIENT.of_targets, "edge_most_nats": 0.0, "edge_heal_steps": 0})
    context = job(tmp_path, traced_toy / "model")
    kept = shaped(context, traced_toy / "model", strict)
    found = context.tracker.records
    assert (found["edge/pruned_accepted"] == 1.0) == (found["edge/pruned_dnats"] <= 0.0)
    assert shapes_differ(kept, load_model(traced_toy / "model")) == (found["edge/pruned_accepted"] == 1.0)


def test_the_engine_is_a_command_and_a_model_that_were_not_run(traced_toy: Path, tmp_path: Path) -> None:
    context, facts = job(tmp_path, traced_toy / "model"), measured()
    variants = {name: Variant(name, traced_toy / "fp32", 1, 2.0, 1.0) for name in ("fp32", "int8")}
    stream = torch.arange(32, 300)
    desk = Desk(
        context, LENIENT, traced_toy / "model", TextTokenizer.of(traced_toy / "model"), stream,
        Measured(variants, facts.points, 2.0, {}), Choice("int8", Load(1, 32, 1), True, "because"),
    )  # fmt: skip
    EDGE.emit(desk)
    told = json.loads((context.output / "artifacts/tensorrt.json").read_text())
    assert told["status"] == "not run"
    assert told["command"][0] == "trtexec"
    assert "tokens:1x32" in told["command"][-1]
    graph = onnx.load(str(context.output / "artifacts/qdq-model.onnx"), load_external_data=False)
    assert {"QuantizeLinear", "DequantizeLinear"} <= {node.op_type for node in graph.graph.node}
