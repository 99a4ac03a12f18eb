"""Phase 8 from a ternary model to one small file and back to a model that says the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from agent_forge.__main__ import main
from agent_forge.codecs.container import read_container
from agent_forge.compression.curvature import second_moments, weighted_error
from agent_forge.compression.decoded import as_run, decode_to_folder, resident_bytes
from agent_forge.compression.sensitivity import relative_error, sensitivity
from agent_forge.compression.slots import EXACT, SEARCHED, as_codes, slots_of
from agent_forge.contracts import load_contract, validate
from agent_forge.errors import ForgeError
from agent_forge.models.folder import load_model, weights_hash
from agent_forge.models.ternary import ternarise, ternary_projections
from agent_forge.phase import Document, InputModel, Stage
from agent_forge.phases.compression.config import CompressionConfig
from agent_forge.phases.compression.phase import run
from tests.phases.fake_context import FolderContext
from tests.phases.test_training import TEXTS, write_ternary

CONFIG = replace(
    CompressionConfig.preset("test"), workers=2, held_out_tokens=512,
    candidates=["rtn8-g64", "rtn4-g64", "vptq-v2k16", "seedlm-k10c8p3", "hyper-u64"],
)  # fmt: skip
PHASE = next(p for p in load_contract("phases.json")["phases"] if p["slug"] == "compression")
STAGES = [
    ("measure", "single", None),
    ("encode", "array", 0),
    ("encode", "array", 1),
    ("choose", "reduce", None),
]


def job(root: Path, name: str, kind: str, index: int | None, source: Path, **changes: Any) -> FolderContext:
    given = InputModel("baked", "baked", "01J0000000000000000000000A")
    return FolderContext(
        root, Stage(name, kind, 2 if kind == "array" else 1, index), replace(CONFIG, **changes).to_json(),
        [Document(f"{i}.txt", text) for i, text in enumerate(TEXTS)],
        registered={given.name: (given, source)},
    )  # fmt: skip


def all_jobs(root: Path, source: Path, **changes: Any) -> dict[str, FolderContext]:
    done = {}
    for name, kind, index in STAGES:
        context = job(root, name, kind, index, source, **changes)
        run(context)
        done[name if index is None else f"{name}-{index}"] = context
    return done


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = write_ternary(tmp_path_factory.mktemp("source") / "model")
    return folder


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory, source: Path) -> dict[str, FolderContext]:
    return all_jobs(tmp_path_factory.mktemp("compression"), source)


def records(jobs: dict[str, FolderContext]) -> dict[str, float]:
    return jobs["choose"].tracker.records


def the_file(jobs: dict[str, FolderContext]) -> Path:
    return jobs["choose"].output / "artifacts/compressed.forge"


def test_the_published_model_is_what_the_file_decodes_to(
    jobs: dict[str, FolderContext], tmp_path: Path
) -> None:
    published = jobs["choose"].output / "models/compressed"
    assert jobs["choose"].tracker.warnings == []
    role, (parent,) = jobs["choose"].parents["compressed"]
    assert (role, parent.relation) == ("compressed", "compressed-from")
    found = decode_to_folder(the_file(jobs), tmp_path / "again", (published / "tokenizer.json").read_text())
    assert found == weights_hash(published)
    assert (tmp_path / "again/config.json").read_bytes() == (published / "config.json").read_bytes()
    assert records(jobs)["compressed/mismatched_tensors"] == 0


def test_ternary_matrices_keep_every_code_and_their_scale(
    jobs: dict[str, FolderContext], source: Path
) -> None:
    before, after = load_model(source), load_model(jobs["choose"].output / "models/compressed")
    names = dict(ternary_projections(before))
    assert names
    for name, each in ternary_projections(after):
        codes, scale = ternarise(each.weight.detach())
        expected, wanted = ternarise(names[name].weight.detach())
        assert torch.equal(codes, expected)
        assert float(scale) == pytest.approx(float(wanted), rel=1e-6)


def test_every_gate_has_its_number_and_all_bytes_add_up(jobs: dict[str, FolderContext]) -> None:
    found = records(jobs)
    bounds = {gate["bound"]["metric"] for gate in PHASE["gates"] if isinstance(gate["bound"], dict)}
    shown = {name for row in PHASE["highlights"] for name in row["figures"].values()}
    assert {gate["metric"] for gate in PHASE["gates"]} | bounds | shown <= set(found)
    size = the_file(jobs).stat().st_size
    assert size == found["compressed/file_bytes"]
    assert size == sum(value for name, value in found.items() if name.startswith("compressed/bytes_of_"))
    tensors = sum(value for name, value in found.items() if name.startswith("compressed/tensors_of_"))
    assert tensors == len(read_container(the_file(jobs)).tensors)
    assert found["compressed/byte_error"] < 0.01
    assert found["compressed/ratio_fp32_file"] == found["input/file_bytes"] / size
    assert found["compressed/resident_bytes"] < found["input/resident_bytes"]


def test_every_tensor_says_its_bytes_and_every_choice_what_it_was_predicted_to_cost(
    jobs: dict[str, FolderContext],
) -> None:
    found = records(jobs)
    table = json.loads((jobs["choose"].output / "artifacts/choices").read_text(encoding="utf-8"))["tensors"]
    stored = sum(value for name, value in found.items() if name.endswith("/stored_bytes"))
    assert stored == found["compressed/file_bytes"] - found["compressed/bytes_of_header"]
    assert {f"{row['name']}/stored_bytes" for row in table} <= set(found)
    for row in table:
        tried = {each["candidate"]: each["predictedLoss"] for each in row["tried"]}
        assert found.get(f"{row['name']}/distortion") == tried.get(row["chosen"])
    distortions = [value for name, value in found.items() if name.endswith("/distortion")]
    assert sum(distortions) == pytest.approx(found["choice/predicted_loss"])


def test_every_event_fits_its_contract_and_tells_of_all_that_was_tried(
    jobs: dict[str, FolderContext],
) -> None:
    events = [event for context in jobs.values() for event in context.tracker.compressions]
    for event in events:
        validate(event, "compression-progress", kind="bug", where="an event")
    stages = [event["stage"] for event in events]
    assert {"measured", "encoded", "chosen", "written"} == set(stages)
    searched = [
        slot for slot in slots_of(load_model(jobs["choose"].registered["baked"][1])) if slot.kind == SEARCHED
    ]
    assert stages.count("measured") == len(searched)
    assert stages.count("encoded") == len({slot.family for slot in searched}) * (len(CONFIG.candidates) + 2)
    written = events[-1]
    assert written["bytes"] == records(jobs)["compressed/file_bytes"]
    assert all(written["tensorsPerCodec"][name] == 0 for name in written["noGain"])


def test_the_loss_that_decides_is_not_the_loss_that_is_reported(jobs: dict[str, FolderContext]) -> None:
    found = records(jobs)
    assert found["choice/measured_loss"] != found["compressed/cost"]
    assert found["choice/measured_loss"] <= CONFIG.most_loss


@pytest.mark.parametrize(("index", "saves"), [(0, 1), (1, 3)])
def test_an_interrupted_encoding_resumes_to_the_same_bytes(
    jobs: dict[str, FolderContext], source: Path, index: int, saves: int, tmp_path: Path
) -> None:
    # given
    context = job(jobs["choose"].root, "encode", "array", index, source)
    context.output = tmp_path / "resumed"
    context.checkpoints = type(context.checkpoints)(tmp_path / "checkpoints")
    context.checkpoints.every_step, context.checkpoints.stop_after_saves = True, saves
    with pytest.raises(ForgeError) as error:
        run(context)
    assert error.value.kind == "preempted"
    # when
    context.checkpoints.stop_after_saves = None
    run(context)
    # then
    for name in ("encodings", "index"):
        resumed, whole = (each.output / "artifacts" / name for each in (context, jobs[f"encode-{index}"]))
        assert resumed.read_bytes() == whole.read_bytes()


def test_the_same_jobs_give_the_same_file(
    jobs: dict[str, FolderContext], source: Path, tmp_path: Path
) -> None:
    assert the_file(all_jobs(tmp_path, source)).read_bytes() == the_file(jobs).read_bytes()


def test_where_no_gate_can_hold_the_input_goes_on_as_it_is(source: Path, tmp_path: Path) -> None:
    done = all_jobs(tmp_path, source, most_bits=0.5)
    context = done["choose"]
    role, (parent,) = context.parents["uncompressed"]
    assert (role, parent.relation) == ("uncompressed", "continued-from")
    published = context.output / "models/uncompressed/model.safetensors"
    assert published.read_bytes() == (source / "model.safetensors").read_bytes()
    assert context.tracker.records["compressed/accepted"] == 0
    ((kind, facts),) = context.tracker.warnings
    assert kind == "numeric"
    assert facts["failed"]


def test_a_budget_in_bits_is_kept(source: Path, tmp_path: Path) -> None:
    found = records(all_jobs(tmp_path, source, most_bits=24.0))
    assert found["compressed/bits_per_weight"] <= 24.0


def test_codes_are_stored_so_that_they_ternarise_to_themselves() -> None:
    for seed in range(20):
        master = torch.randn(24, 40, generator=torch.Generator().manual_seed(seed))
        stored = as_codes(master)
        assert stored.abs().unique().numel() == 2
        assert torch.equal(ternarise(stored)[0], ternarise(master)[0])
        assert float(ternarise(stored)[1]) == pytest.approx(float(ternarise(master)[1]), rel=2e-7)
    assert not as_codes(torch.zeros(3, 3)).any()


def test_moments_are_those_of_inputs_and_of_final_states_for_the_head(source: Path) -> None:
    model = load_model(source).eval()
    rows = torch.randint(320, (5, 12), generator=torch.Generator().manual_seed(1))
    found = second_moments(model, ["embedding.weight", "ltm.out.weight"], rows, 2)
    with torch.no_grad():
        hidden = model(rows).hidden_BTD.flatten(0, 1).double()
    torch.testing.assert_close(
        found["embedding.weight"], hidden.T @ hidden / len(hidden), rtol=1e-5, atol=1e-7
    )
    error = torch.randn(7, hidden.shape[1])
    expected = (error.double() @ hidden.T).square().sum() / len(hidden)
    assert weighted_error(error, found["embedding.weight"]) == pytest.approx(float(expected), rel=1e-5)


def test_sensitivity_is_the_curvature_of_the_loss_and_leaves_the_model_alone(source: Path) -> None:
    model = load_model(source).eval()
    weight = model.state_dict()["embedding.weight"]
    kept = weight.clone()
    found: Callable[[float], float] = lambda slope: sensitivity(  # noqa: E731
        model, "embedding.weight", None,
        lambda: 3.0 * relative_error(weight, kept, None) + slope * float((weight - kept)[0, 0]) + 1.0, 1.0,
        size=0.1, seed=1,
    )  # fmt: skip
    # A loss that rises by 3 per unit of relative error; what is linear in the disturbance cancels.
    assert found(0.0) == pytest.approx(3.0, rel=1e-3)
    assert found(5.0) == pytest.approx(3.0, rel=1e-3)
    assert torch.equal(weight, kept)


def test_a_ternary_model_runs_from_its_codes(jobs: dict[str, FolderContext]) -> None:
    model = load_model(jobs["choose"].output / "models/compressed").eval()
    tokens = torch.arange(12)[None] + 20
    with torch.no_grad():
        expected = model(tokens).logits_BTV
        before = resident_bytes(model)
        running = as_run(model)
        assert torch.equal(running(tokens).logits_BTV, expected)
    assert resident_bytes(running) < before


def test_the_choices_are_published_to_be_read(jobs: dict[str, FolderContext]) -> None:
    table = json.loads((jobs["choose"].output / "artifacts/choices").read_text(encoding="utf-8"))["tensors"]
    exact = {
        slot.name
        for slot in slots_of(load_model(jobs["choose"].registered["baked"][1]))
        if slot.kind == EXACT
    }
    assert {row["name"] for row in table if row["chosen"] == "ternary"} == exact
    assert all(row["chosen"] in {each["candidate"] for each in row["tried"]} for row in table if row["tried"])


@pytest.mark.parametrize("name", [p["name"] for p in load_contract("presets.json")["presets"]])
def test_every_preset_fits_the_schema(name: str) -> None:
    validate(CompressionConfig.preset(name).to_json(), "phases/compression", kind="bug", where=name)


def test_a_user_decodes_the_file_with_one_command_whole_or_not_at_all(
    jobs: dict[str, FolderContext], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = jobs["choose"].output / "models/compressed"
    words = ["decode", str(the_file(jobs)), "--tokenizer", str(published / "tokenizer.json"), "--out"]
    assert main([*words, str(tmp_path / "model")]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["weights"] == weights_hash(published)
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        assert (tmp_path / "model" / name).read_bytes() == (published / name).read_bytes()
    # A second time the place is taken, and a damaged file leaves nothing behind.
    assert main([*words, str(tmp_path / "model")]) == 64
    (tmp_path / "cut.forge").write_bytes(the_file(jobs).read_bytes()[:-1])
    assert main(["decode", str(tmp_path / "cut.forge"), *words[2:], str(tmp_path / "other")]) == 64
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.forge", "model"]
