"""Phase 5 from a model and a corpus to a trained model, with every mechanism off and with every one on."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from agent_forge.contracts import load_contract, validate
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import QuantConfig, ThoughtConfig
from agent_forge.models.folder import load_model, read_config, save_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Document, InputModel, Stage
from agent_forge.phases.training.config import TrainingConfig
from agent_forge.phases.training.mechanisms import filter_of, row_losses, self_model_of
from agent_forge.phases.training.phase import run, streams_of
from tests.phases.fake_context import FolderContext
from tests.phases.test_quiet_star import EVERY, TEXTS, write_input
from tests.training.test_mixed_objective import CONFIG

PRESETS = [p["name"] for p in load_contract("presets.json")["presets"]]
OFF = TrainingConfig.preset("test")
ON = replace(
    OFF, grokfast="ema", self_model_weight=0.1, dreams="distil", edge=True, edge_window=8,
    temperature_start=2.0, synthetic_share=0.5,
)  # fmt: skip
GATES = next(p for p in load_contract("phases.json")["phases"] if p["slug"] == "training")["gates"]


def write_ternary(folder: Path) -> Path:
    """A model as phase 4 leaves it: masters, and a config that says they are quantised."""
    write_input(folder)
    plain = load_model(folder)
    tokenizer_json = (folder / "tokenizer.json").read_text(encoding="utf-8")
    ternary = TinyTitan(replace(plain.config, quant=QuantConfig(enabled=True)))
    ternary.load_state_dict(plain.state_dict())
    save_model(ternary, folder, tokenizer_json)
    return folder


def job(root: Path, stage: str, config: TrainingConfig = OFF) -> FolderContext:
    given = InputModel("ternary", "ternary", "01J0000000000000000000000A")
    folder = root / "input"
    return FolderContext(
        root, Stage(stage, "single" if stage == "train" else "reduce", 1, None), config.to_json(),
        [Document(f"{i}.txt", text) for i, text in enumerate(TEXTS)],
        registered={given.name: (given, folder if folder.exists() else write_ternary(folder))},
    )  # fmt: skip


def run_stages(root: Path, config: TrainingConfig) -> dict[str, FolderContext]:
    jobs = {stage: job(root, stage, config) for stage in ("train", "evaluate")}
    for context in jobs.values():
        run(context)
    return jobs


@pytest.fixture(scope="module")
def off(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FolderContext]:
    return run_stages(tmp_path_factory.mktemp("off"), OFF)


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FolderContext]:
    return run_stages(tmp_path_factory.mktemp("on"), ON)


def published(jobs: dict[str, FolderContext]) -> Path:
    return jobs["evaluate"].output / "models/trained"


@pytest.mark.parametrize("jobs", ["off", "on"])
def test_one_trained_model_goes_on_ternary_as_it_came(jobs: str, request: pytest.FixtureRequest) -> None:
    done = request.getfixturevalue(jobs)
    role, (parent,) = done["evaluate"].parents["trained"]
    assert (role, parent.relation, parent.model_id) == (
        "trained", "continued-from", "01J0000000000000000000000A",
    )  # fmt: skip
    before, after = read_config(done["train"].root / "input"), read_config(published(done))
    assert after.quant == before.quant
    assert after.quant.enabled
    assert (after.lineage.phase, after.lineage.held_out_every) == ("training", EVERY)


def test_what_only_teaches_is_not_in_the_published_weights(on: dict[str, FolderContext]) -> None:
    folders = on["train"].root / "input", published(on)
    before, after = (load_file(folder / "model.safetensors") for folder in folders)
    assert {name: t.shape for name, t in before.items()} == {name: t.shape for name, t in after.items()}
    assert not torch.equal(before["embedding.weight"], after["embedding.weight"])


def test_training_begins_where_the_measured_input_stands(off: dict[str, FolderContext]) -> None:
    records = off["evaluate"].tracker.records
    assert records["handover/step0_difference"] <= 1e-4


def test_a_ternary_model_that_is_trained_as_a_plain_one_would_begin_elsewhere(
    off: dict[str, FolderContext],
) -> None:
    # given the same masters without their quantiser
    ternary = load_model(off["train"].root / "input")
    plain = TinyTitan(replace(ternary.config, quant=QuantConfig(enabled=False)))
    plain.load_state_dict(ternary.state_dict())
    rows = torch.randint(6, 320, (4, 17), generator=torch.Generator().manual_seed(1))
    losses = [float(row_losses(model, rows, 4).mean()) for model in (ternary, plain)]
    assert abs(losses[0] - losses[1]) > 1e-4


def test_every_gate_has_its_number_and_every_number_is_finite(off: dict[str, FolderContext]) -> None:
    records = off["evaluate"].tracker.records
    assert {gate["metric"] for gate in GATES} <= set(records)
    assert all(torch.tensor(value).isfinite() for value in records.values())
    low, value, high = (records[f"trained/gain{end}"] for end in ("_low", "", "_high"))
    assert low <= value <= high
    assert value == pytest.approx(records["input/nll"] - records["trained/nll"], abs=1e-9)
    assert value > 0


def test_only_what_is_on_is_logged_and_recorded(
    off: dict[str, FolderContext], on: dict[str, FolderContext]
) -> None:
    assert off["train"].tracker.records == {}
    assert set(on["train"].tracker.records) == {
        "edge/difficulty", "edge/windows", "edge/in_band_share", "edge/turned_share",
        "dreams/cycles", "dreams/rollbacks", "dreams/share", "dreams/kept_share", "dreams/forgotten",
    }  # fmt: skip
    assert on["train"].tracker.records["edge/windows"] > 0
    assert on["train"].tracker.records["dreams/cycles"] == 2
    shown = on["train"].tracker.trained[-1][1]
    assert {"edge_difficulty", "anchor_loss", "dream_loss", "self_model_relative_error"} <= set(shown)
    assert not {"edge_difficulty", "anchor_loss", "dream_loss"} & set(off["train"].tracker.trained[-1][1])


def test_both_halves_of_the_held_out_text_and_the_train_text_are_apart(tmp_path: Path) -> None:
    context = job(tmp_path, "train")
    tokenizer = TextTokenizer.from_json((tmp_path / "input/tokenizer.json").read_text(encoding="utf-8"))
    streams = streams_of(context, OFF, tokenizer, read_config(tmp_path / "input"))
    assert torch.equal(torch.cat([streams["guard"], streams["report"]]), streams["held_out"])
    trained = tokenizer.decode(streams["train"].tolist())
    lines = [line for line in tokenizer.decode(streams["held_out"].tolist()).splitlines() if len(line) > 40]
    assert lines
    assert not [line for line in lines[1:-1] if line in trained]


@pytest.mark.parametrize("saves", [3, 6])
def test_with_every_mechanism_on_an_interrupted_phase_ends_with_the_same_bytes(
    on: dict[str, FolderContext], saves: int
) -> None:
    # given a job that was stopped within a cycle
    root = on["train"].root
    context = job(root, "train", ON)
    context.output = root / f"resumed-{saves}"
    context.checkpoints = type(context.checkpoints)(root / f"checkpoints-{saves}")
    context.checkpoints.every_step, context.checkpoints.stop_after_saves = True, saves
    with pytest.raises(ForgeError) as error:
        run(context)
    assert error.value.kind == "preempted"
    assert not context.output.exists()
    # when
    context.checkpoints.every_step = False
    run(context)
    # then
    for file in ("model.safetensors", "config.json"):
        resumed = (context.output / "models/trained" / file).read_bytes()
        assert resumed == (on["train"].output / "models/trained" / file).read_bytes()
    assert context.tracker.records == on["train"].tracker.records


def test_half_precision_trains_with_every_mechanism_on(tmp_path: Path) -> None:
    context = job(tmp_path, "train", replace(ON, precision="bfloat16", steps=4))
    run(context)
    losses = [values["loss"] for _, values in context.tracker.trained]
    assert all(torch.tensor(loss).isfinite() for loss in losses)
    weights = load_file(context.output / "models/trained/model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}


def test_a_model_that_thinks_practises_speaking_after_its_thoughts(tmp_path: Path) -> None:
    # given
    folder = write_ternary(tmp_path / "input")
    plain, tokenizer_json = load_model(folder), (folder / "tokenizer.json").read_text(encoding="utf-8")
    thought = ThoughtConfig(
        enabled=True, start_id=3, end_id=4, n_thought=2, n_true=2, every=8, mix="log-probs"
    )
    save_model(TinyTitan(replace(plain.config, thought=thought)).initialise(3), folder, tokenizer_json)
    before = load_file(folder / "model.safetensors")
    # when
    context = job(tmp_path, "train", replace(ON, thought_every=2, steps=4))
    run(context)
    # then
    after = load_file(context.output / "models/trained/model.safetensors")
    assert not torch.equal(before["thought.marks"], after["thought.marks"])
    assert read_config(context.output / "models/trained").thought == thought


def test_unknown_settings_are_named() -> None:
    with pytest.raises(ForgeError, match=r"phase training: missing \[\], unknown \['speed'\]") as error:
        TrainingConfig.of(OFF.to_json() | {"speed": 1})
    assert error.value.kind == "validation"


def big(layers: int) -> TinyTitan:
    return TinyTitan(replace(CONFIG, arch=replace(CONFIG.arch, d_model=64, d_ff=4096, num_layers=layers)))


def test_a_window_of_a_large_models_gradients_is_refused_and_the_mean_is_not() -> None:
    with pytest.raises(ForgeError, match="Use 'ema'"):
        filter_of(replace(OFF, grokfast="window"), big(2))
    assert filter_of(replace(OFF, grokfast="ema"), big(2)) is not None
    assert filter_of(OFF, big(2)) is None


def test_a_model_of_one_layer_cannot_predict_a_state_between_blocks() -> None:
    with pytest.raises(ForgeError, match="expected at least 2"):
        self_model_of(ON, big(1), 1)


@pytest.mark.parametrize("roles", [[], ["variant", "variant"], ["base", "variant", "merged"]])
def test_other_than_one_model_to_train_is_refused(tmp_path: Path, roles: list[str]) -> None:
    context = job(tmp_path, "train")
    context.registered = {
        f"m-{i}": (InputModel(f"m-{i}", role, str(i)), tmp_path) for i, role in enumerate(roles)
    }
    with pytest.raises(ForgeError, match="expected one") as error:
        run(context)
    assert error.value.kind == "contract"


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_fits_the_schema_and_leaves_every_mechanism_off(preset: str) -> None:
    config = TrainingConfig.preset(preset)
    validate(config.to_json(), "phases/training", kind="bug", where=preset)
    assert (config.grokfast, config.dreams, config.edge) == ("off", "off", False)
    assert (config.self_model_weight, config.temperature_start) == (0, 1)


def test_a_stage_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="no stage 'dream'"):
        run(job(tmp_path, "dream"))
