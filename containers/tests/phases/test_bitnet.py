"""Phase 4 from a model that thinks, ponders and remembers to ternary masters and a packed file."""

import json
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import torch

from agent_forge.contracts import load_contract, validate
from agent_forge.data.corpus import split_texts
from agent_forge.data.packing import Batch
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import (
    ActConfig,
    ArchConfig,
    LineageConfig,
    LtmConfig,
    ModelConfig,
    ThoughtConfig,
)
from agent_forge.models.folder import architecture_hash, load_model, read_config, save_model, shapes_of
from agent_forge.models.generate import generate
from agent_forge.models.packed import as_stored, load_packed, read_packed
from agent_forge.models.packed_linear import PackedLinear
from agent_forge.models.ternary import TernaryLinear, set_strength, ternarise, ternary_projections
from agent_forge.models.thinking import with_thoughts
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Document, InputModel, Stage
from agent_forge.phases.bitnet.calibration import calibrate, worst_of
from agent_forge.phases.bitnet.config import BitnetConfig
from agent_forge.phases.bitnet.phase import objective_of, run
from agent_forge.stages import input_model
from agent_forge.training.objective import Losses, NextToken
from agent_forge.training.ternary_warm_up import Alternating, TernaryWarmUp
from tests.data.texts import documents
from tests.phases.fake_context import FolderContext

EVERY = 5
TEXTS = documents(12, sentences=30)
CONFIG = replace(
    BitnetConfig.preset("test"), steps=6, thought_every=3, log_every=1, eval_stride=16, seq_len=32
)
GATES = next(p for p in load_contract("phases.json")["phases"] if p["slug"] == "bitnet")["gates"]


def write_input(folder: Path, *, thinking: bool = True) -> Path:
    """A model that was trained on nothing, with a tokenizer of these texts."""
    tokenizer = TextTokenizer.train(split_texts(TEXTS, EVERY).train, 320)
    config = ModelConfig(
        arch=ArchConfig(d_model=16, num_layers=2, num_heads=2, d_ff=32, vocab_size=320, window=8),
        act=ActConfig(n_max=2, tau=0.01), ltm=LtmConfig(dim=8, chunk=8),
        lineage=LineageConfig(held_out_every=EVERY), tokenizer_hash=tokenizer.hash,
    )  # fmt: skip
    model = TinyTitan(config).initialise(3)
    if thinking:
        thought = ThoughtConfig(
            enabled=True, start_id=3, end_id=4, n_thought=2, n_true=2, mix="log-probs", every=8
        )  # fmt: skip
        model = with_thoughts(model, thought, torch.randn(2, 16), 3, first_weight=0.3)
    save_model(model, folder, tokenizer.json)
    return folder


def job(root: Path, name: str, kind: str) -> FolderContext:
    given = InputModel("merged", "merged", "01J0000000000000000000000A")
    folder = root / "input"
    return FolderContext(
        root, Stage(name, kind, 1, None), CONFIG.to_json(),
        [Document(f"{i}.txt", text) for i, text in enumerate(TEXTS)],
        registered={given.name: (given, folder if folder.exists() else write_input(folder))},
    )  # fmt: skip


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FolderContext]:
    root = tmp_path_factory.mktemp("bitnet")
    done = {name: job(root, name, kind) for name, kind in (("train", "single"), ("evaluate", "reduce"))}
    for context in done.values():
        run(context)
    return done


def published(jobs: dict[str, FolderContext]) -> Path:
    return jobs["evaluate"].output / "models/ternary"


def packed(jobs: dict[str, FolderContext]) -> Path:
    return jobs["evaluate"].output / "artifacts/packed.safetensors"


def test_masters_go_on_in_full_precision_with_their_parent_and_their_switches(
    jobs: dict[str, FolderContext],
) -> None:
    role, (parent,) = jobs["evaluate"].parents["ternary"]
    assert (role, parent.relation, parent.model_id) == (
        "ternary", "quantised-from", "01J0000000000000000000000A",
    )  # fmt: skip
    config, model = read_config(published(jobs)), load_model(published(jobs))
    assert config.quant.enabled
    assert (config.quant.packing, config.quant.scale_convention) == ("base-3", "multiply")
    assert (config.lineage.phase, config.lineage.held_out_every) == ("bitnet", EVERY)
    assert config.thought == read_config(jobs["train"].root / "input").thought
    assert {tensor.dtype for tensor in model.state_dict().values()} == {torch.float32}
    assert architecture_hash(shapes_of(model)) == architecture_hash(
        shapes_of(load_model(jobs["train"].root / "input"))
    )


def test_the_config_lists_what_stays_in_floating_point_and_nothing_else_does(
    jobs: dict[str, FolderContext],
) -> None:
    config, model = read_config(published(jobs)), load_model(published(jobs))
    ternary = {f"{name}.weight" for name, _ in ternary_projections(model)}
    kept = {
        name for name in model.state_dict()
        if any(fnmatchcase(name, pattern) for pattern in config.quant.kept_fp)
    }  # fmt: skip
    assert ternary | kept == set(model.state_dict())
    assert not ternary & kept
    assert len(ternary) == 2 * 7


def test_the_packed_file_holds_the_masters_codes_scales_and_gains(jobs: dict[str, FolderContext]) -> None:
    found, model = read_packed(packed(jobs)), load_model(published(jobs))
    codes = found.codes()
    for name, projection in ternary_projections(model):
        expected, scale = ternarise(projection.weight.detach())
        assert torch.equal(codes[name][0], expected)
        assert torch.equal(codes[name][1], scale)
    assert "blocks.0.ffn.sub_norm.weight" in found.kept()
    assert found.header.config["thought"]["enabled"]


def test_every_gate_has_its_number_and_every_number_is_finite(jobs: dict[str, FolderContext]) -> None:
    records = jobs["evaluate"].tracker.records
    bounds = {gate["bound"]["metric"] for gate in GATES if isinstance(gate["bound"], dict)}
    assert {gate["metric"] for gate in GATES} | bounds <= set(records)
    assert all(torch.tensor(value).isfinite() for value in records.values())
    shares = [value for key, value in records.items() if key.endswith("/zero_share")]
    assert len(shares) > 1
    assert [min(shares), max(shares)] == [
        records["calibration/least_zero_share"], records["calibration/most_zero_share"],
    ]  # fmt: skip
    assert records["ternary/loss_gap"] == pytest.approx(
        records["ternary/bits_per_byte"] / records["input/bits_per_byte"] - 1
    )
    assert records["packed/ms_per_token_least"] <= records["packed/ms_per_token"]


def test_the_packed_file_says_what_the_model_says_when_it_quantises_on_the_fly(
    jobs: dict[str, FolderContext],
) -> None:
    records = jobs["evaluate"].tracker.records
    assert records["packed/logit_difference"] == 0.0
    assert records["packed/argmax_agreement"] == 1.0
    assert records["packed/logit_difference_to_masters"] < 0.5
    assert records["packed/bits_per_byte"] == pytest.approx(records["ternary/bits_per_byte"], rel=0.02)


def test_bytes_add_up_and_every_ratio_is_that_of_real_files(jobs: dict[str, FolderContext]) -> None:
    records = jobs["evaluate"].tracker.records
    size = packed(jobs).stat().st_size
    groups = [value for name, value in records.items() if name.startswith("packed/bytes_of_")]
    assert records["packed/file_bytes"] == size == sum(groups)
    assert records["fp32/file_bytes"] == (published(jobs) / "model.safetensors").stat().st_size
    assert records["packed/ratio_fp32_file"] == records["fp32/file_bytes"] / size
    weights = 2 * (4 * 16 * 16 + 3 * 16 * 32)
    assert records["packed/bytes_of_ternary_scales"] == 2 * 7 * 4
    assert records["packed/bytes_of_ternary_codes"] == sum(
        -(-n // 5) for n in (256, 512) for _ in range(8)
    ) - (2 * -(-512 // 5))
    assert records["packed/ratio_fp32_matrices"] == 4 * weights / (
        records["packed/bytes_of_ternary_codes"] + records["packed/bytes_of_ternary_scales"]
    )


def test_the_strength_grows_with_the_step_alone(jobs: dict[str, FolderContext]) -> None:
    shown = [values["strength"] for _, values in jobs["train"].tracker.trained]
    assert shown == [min(1.0, step / (0.5 * CONFIG.steps)) for step in range(CONFIG.steps)]


def test_both_paths_are_trained_and_both_still_speak(jobs: dict[str, FolderContext]) -> None:
    talked = ["talk_nll" in values for _, values in jobs["train"].tracker.trained]
    assert talked == [False, False, True] * 2
    records = jobs["evaluate"].tracker.records
    assert {"input/thought_nll", "ternary/thought_nll"} <= set(records)
    prompt = torch.tensor([40, 41, 42])
    for model in (load_model(published(jobs)).eval(), load_packed(packed(jobs))):
        for use_thoughts in (False, True):
            said = generate(model, prompt, 12, use_thoughts=use_thoughts, seed=1)
            assert not set(said.tolist()) & {3, 4}


def test_the_packed_model_thinks_what_the_masters_think(jobs: dict[str, FolderContext]) -> None:
    prompt, masters = torch.tensor([40, 41, 42]), load_model(published(jobs)).eval()
    stored = as_stored(masters, packed(jobs))
    said = [
        generate(each, prompt, 12, use_thoughts=True, seed=2) for each in (load_packed(packed(jobs)), stored)
    ]
    assert torch.equal(said[0], said[1])


def test_the_profile_names_every_layer_and_the_kernel(jobs: dict[str, FolderContext]) -> None:
    report = json.loads((jobs["evaluate"].output / "artifacts/profile.json").read_text(encoding="utf-8"))
    assert len(report["layers"]) == 14
    assert {layer["name"] for layer in report["layers"]} == {
        name for name, _ in ternary_projections(load_model(published(jobs)))
    }
    assert len(report["millisecondsPerToken"]["packed"]) == CONFIG.profile_repeats
    assert report["kernel"] in ("avx2", "portable C", "torch")


@pytest.mark.parametrize("saves", [1, 3, 5])
def test_an_interrupted_training_resumes_to_the_same_bytes(
    jobs: dict[str, FolderContext], saves: int, tmp_path: Path
) -> None:
    # given a job that was stopped after some steps, before, at and after full strength
    context = job(jobs["train"].root, "train", "single")
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
    name = "models/ternary/model.safetensors"
    assert (context.output / name).read_bytes() == (jobs["train"].output / name).read_bytes()


def test_a_model_without_thoughts_is_trained_on_text_alone(tmp_path: Path) -> None:
    write_input(tmp_path / "input", thinking=False)
    objective = objective_of(CONFIG, read_config(tmp_path / "input"), 1)
    assert isinstance(objective, TernaryWarmUp)
    assert isinstance(objective.objective, NextToken)


def test_at_once_means_full_strength_at_the_first_step() -> None:
    assert TernaryWarmUp(NextToken(lambda _: 0.0), 10, 0.0).strength(0) == 1.0


def test_the_dearer_objective_is_taken_at_every_kth_step() -> None:
    def named(value: float) -> object:
        return lambda model, batch, step: Losses(torch.tensor(value))

    chosen = Alternating(named(1.0), named(2.0), 4)  # type: ignore[arg-type]
    batch = Batch(torch.zeros(1, 2), torch.ones(1, 1))
    assert [float(chosen(None, batch, step).weighted) for step in range(8)] == [1.0, 1, 1, 2, 1, 1, 1, 2]


def test_calibration_finds_an_outlier_a_dead_row_and_too_many_zeros(tmp_path: Path) -> None:
    model = load_model(write_input(tmp_path, thinking=False))
    ternary = TinyTitan(replace(model.config, quant=CONFIG.quant(model.config.quant)))
    ternary.load_state_dict(model.state_dict())
    tokens = torch.randint(320, (4, 16))
    healthy = worst_of(calibrate(ternary, tokens, 2))
    assert healthy["dead_rows"][0] == 0
    assert healthy["least_sqnr"][0] > 30
    assert 0.2 < healthy["least_zero_share"][0] <= healthy["most_zero_share"][0] < 0.5
    with torch.no_grad():
        projection = dict(ternary_projections(ternary))["blocks.1.ffn.up"]
        projection.weight[3] = 0.0
        projection.weight[5:, 0] = 100.0
        ternary.blocks[0].attn_norm.weight[2] = 500.0  # type: ignore[union-attr, index]
    layers = calibrate(ternary, tokens, 2)
    sick, (query, *_) = worst_of(layers), [each for each in layers if each.name == "blocks.0.attn.q"]
    assert sick["dead_rows"][0] >= 1
    assert sick["most_zero_share"][0] > 0.6
    # One channel that carries everything: the largest ratio that 16 inputs can have.
    assert query.outlier_ratio == pytest.approx(4.0, abs=0.01)


def test_the_error_of_activations_is_that_of_a_uniform_quantiser(tmp_path: Path) -> None:
    model = load_model(write_input(tmp_path, thinking=False))
    ternary = TinyTitan(replace(model.config, quant=CONFIG.quant(model.config.quant)))
    ternary.load_state_dict(model.state_dict())
    layers = {layer.name: layer for layer in calibrate(ternary, torch.randint(320, (4, 16)), 2)}
    # A token's error is about (max / 127)^2 / 12 per value: 48 dB at max = rms, 6 dB less per doubling.
    layer = layers["blocks.0.attn.q"]
    least = 10 * torch.log10(torch.tensor(12 * 127.0**2)) - 20 * torch.log10(
        torch.tensor(layer.outlier_ratio)
    )
    assert float(least) - 1 < layer.sqnr_db < 53


def test_an_input_that_is_ternary_already_is_refused(jobs: dict[str, FolderContext], tmp_path: Path) -> None:
    context = job(tmp_path, "train", "single")
    (given, _), *_ = context.registered.values()
    context.registered = {given.name: (given, published(jobs))}
    with pytest.raises(ForgeError, match="ternary already") as error:
        run(context)
    assert error.value.kind == "contract"


def test_settings_that_keep_every_projection_are_refused(tmp_path: Path) -> None:
    context = job(tmp_path, "train", "single")
    context.config = {**context.config, "kept_fp": ["*"]}
    with pytest.raises(ForgeError, match="keeps every projection"):
        run(context)


@pytest.mark.parametrize(("roles", "meant"), [(["merged"], 0), (["base", "merged"], 1), (["base"], 0)])
def test_the_base_of_the_lineage_is_not_meant(roles: list[str], meant: int, tmp_path: Path) -> None:
    context = job(tmp_path, "train", "single")
    models = [InputModel(f"m{i}", role, "x") for i, role in enumerate(roles)]
    context.registered = {model.name: (model, tmp_path) for model in models}
    assert input_model(context, "bitnet") == models[meant]
    context.registered = {m.name: (m, tmp_path) for m in (*models, InputModel("two", "merged", "y"))} | (
        {"three": (InputModel("three", "merged", "z"), tmp_path)}
    )
    with pytest.raises(ForgeError, match="expected one"):
        input_model(context, "bitnet")


@pytest.mark.parametrize(
    ("change", "message"),
    [({"steps": None}, "missing"), ({"more": 1}, "unknown")],
)
def test_unusable_settings_are_refused(change: dict[str, object], message: str) -> None:
    document = {key: value for key, value in {**CONFIG.to_json(), **change}.items() if value is not None}
    with pytest.raises(ForgeError, match=message):
        BitnetConfig.of(document)


@pytest.mark.parametrize("name", [p["name"] for p in load_contract("presets.json")["presets"]])
def test_every_preset_fits_the_schema(name: str) -> None:
    validate(BitnetConfig.preset(name).to_json(), "phases/bitnet", kind="bug", where=name)


def test_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="no stage 'pack'"):
        run(job(tmp_path, "pack", "single"))


def test_what_runs_from_the_packed_file_is_packed(jobs: dict[str, FolderContext]) -> None:
    model = load_packed(packed(jobs))
    assert sum(isinstance(module, PackedLinear) for module in model.modules()) == 14
    assert not any(isinstance(module, TernaryLinear) for module in model.modules())
    set_strength(model, 0.0)  # nothing left that has a strength
