"""Phase 6 from a model and a corpus to a baked model or the unbaked one, its prompt vectors and a verdict."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from agent_forge.contracts import load_contract, validate
from agent_forge.errors import ForgeError
from agent_forge.models.folder import load_model, read_config, weights_hash
from agent_forge.models.weight_delta import add_delta
from agent_forge.phase import Document, InputModel, Stage
from agent_forge.phases.baking import report
from agent_forge.phases.baking.config import BakingConfig
from agent_forge.phases.baking.phase import run
from agent_forge.phases.baking.prompts import Bake, following, prompts_of
from tests.phases.fake_context import FolderContext
from tests.phases.test_quiet_star import EVERY, TEXTS
from tests.phases.test_training import write_ternary

CLERK = {
    "name": "clerk", "text": "@a4b7", "inputs": ["?a", "?b", "?a4b"],
    "probes": [{"input": text, "expected": "4"} for text in ("?b7a", "?b7a4b7a", "?a4b7a", "?b7b7a")],
}  # fmt: skip
WRITER = {"name": "writer", "text": "The people of the Union, "}
CONFIG = replace(BakingConfig.preset("test"), prompts=[CLERK], steps=6, stop_kl=0.0)
GATES = next(p for p in load_contract("phases.json")["phases"] if p["slug"] == "baking")["gates"]
GROUP = ("bake", "test")
MODEL = "01J0000000000000000000000A"


def job(root: Path, stage: str, config: BakingConfig, turn: int | None = None) -> FolderContext:
    given = InputModel("trained", "trained", MODEL)
    folder = root / "input"
    return FolderContext(
        root, Stage(stage, "single" if stage == "bake" else "reduce", 1, None, turn), config.to_json(),
        [Document(f"{i}.txt", text) for i, text in enumerate(TEXTS)], group=GROUP,
        registered={given.name: (given, folder if folder.exists() else write_ternary(folder))},
    )  # fmt: skip


def run_stages(root: Path, config: BakingConfig) -> dict[str, FolderContext]:
    """All rounds that are asked for, then the evaluation; jobs by `<stage>` and round."""
    done: dict[str, FolderContext] = {}
    turn = 0
    while turn == 0 or done[f"test{turn - 1}"].again:
        for stage in GROUP:
            done[f"{stage}{turn}"] = job(root, stage, config, turn)
            run(done[f"{stage}{turn}"])
        turn += 1
    done["evaluate"] = job(root, "evaluate", config)
    run(done["evaluate"])
    return done


def artifact(context: FolderContext, name: str) -> Any:
    return json.loads((context.output / "artifacts" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def baked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FolderContext]:
    """With gates that everything passes: a model of noise has nothing to say in either way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "failed_gates", lambda slug, values: [])
        return run_stages(tmp_path_factory.mktemp("baked"), CONFIG)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FolderContext]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "failed_gates", lambda slug, values: ["retain/kl is 1, not <= 0.1"])
        return run_stages(tmp_path_factory.mktemp("refused"), replace(CONFIG, steps=2))


def test_the_baked_model_is_the_input_and_its_vector_bit_by_bit(baked: dict[str, FolderContext]) -> None:
    evaluate = baked["evaluate"]
    role, (parent,) = evaluate.parents["baked"]
    assert (role, parent.relation, parent.model_id) == ("baked", "baked-from", MODEL)
    model = load_model(evaluate.root / "input")
    add_delta(model, load_file(evaluate.output / "artifacts/prompt-vector-0"))
    published = load_model(evaluate.output / "models/baked")
    pairs = zip(model.state_dict().values(), published.state_dict().values(), strict=True)
    assert all(torch.equal(ours, theirs) for ours, theirs in pairs)
    assert published.config.quant.enabled
    lineage = read_config(evaluate.output / "models/baked").lineage
    assert (lineage.phase, lineage.held_out_every) == ("baking", EVERY)
    assert lineage.parents == (weights_hash(evaluate.root / "input"),)


def test_the_card_names_prompt_vector_and_base_by_their_hashes(baked: dict[str, FolderContext]) -> None:
    evaluate = baked["evaluate"]
    card = artifact(evaluate, "prompt-vector-card-0")
    vector = (evaluate.output / "artifacts/prompt-vector-0").read_bytes()
    assert card["vector"]["sha256"] == hashlib.sha256(vector).hexdigest()
    assert card["base"] == {
        "modelId": MODEL, "weights": weights_hash(evaluate.root / "input"), "strength": 1, "vectors": [],
    }  # fmt: skip
    assert card["prompt"]["sha256"] == hashlib.sha256(b"@a4b7").hexdigest()
    assert (card["prompt"]["name"], card["prompt"]["round"]) == ("clerk", 0)


def test_a_failed_gate_keeps_the_unbaked_model_and_says_why(refused: dict[str, FolderContext]) -> None:
    evaluate = refused["evaluate"]
    role, (parent,) = evaluate.parents["unbaked"]
    assert (role, parent.relation) == ("unbaked", "continued-from")
    assert list(evaluate.parents) == ["unbaked"]
    for file in ("model.safetensors", "config.json", "tokenizer.json"):
        kept = (evaluate.output / "models/unbaked" / file).read_bytes()
        assert kept == (evaluate.root / "input" / file).read_bytes()
    assert evaluate.tracker.records["baked/accepted"] == 0.0
    assert artifact(evaluate, "verdict") == {"accepted": False, "failed": ["retain/kl is 1, not <= 0.1"]}
    assert evaluate.tracker.warnings == [("numeric", {"failed": ["retain/kl is 1, not <= 0.1"]})]
    assert (evaluate.output / "artifacts/prompt-vector-0").exists()


def test_every_gate_has_its_number_and_every_number_is_finite(baked: dict[str, FolderContext]) -> None:
    records = baked["evaluate"].tracker.records
    bounds = {gate["bound"]["metric"] for gate in GATES if isinstance(gate["bound"], dict)}
    assert {gate["metric"] for gate in GATES} | bounds <= set(records)
    assert all(torch.tensor(value).isfinite() for value in records.values())
    low, gain, high = (records[f"baked/exact_gain{end}"] for end in ("_low", "", "_high"))
    assert low <= gain <= high
    assert gain == pytest.approx(records["baked/exact"] - records["input/exact"])
    assert {f"strength_{share}/kl" for share in (25, 50, 75)} <= set(records)


def test_some_answers_are_written_down_as_they_were_before_and_after(baked: dict[str, FolderContext]) -> None:
    shown = artifact(baked["evaluate"], "answers")["answers"]
    assert [each["input"] for each in shown] == ["?b7a4b7a", "?b7b7a"]
    assert all(set(each) == {"prompt", "input", "before", "after", "prompted"} for each in shown)


@pytest.mark.parametrize("saves", [1, 3])
def test_an_interrupted_bake_resumes_to_the_same_bytes(baked: dict[str, FolderContext], saves: int) -> None:
    # given a job that was stopped after some steps
    root = baked["bake0"].root
    context = job(root, "bake", CONFIG, 0)
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
    for name in ("prompt-vector", "prompt-vector-card"):
        resumed = (context.output / "artifacts" / name).read_bytes()
        assert resumed == (baked["bake0"].output / "artifacts" / name).read_bytes()


def test_running_the_last_stage_again_measures_the_same(baked: dict[str, FolderContext]) -> None:
    again = job(baked["evaluate"].root, "evaluate", CONFIG)
    again.output = again.root / "again"
    run(again)
    different = {"baked/accepted"}
    ours, theirs = again.tracker.records, baked["evaluate"].tracker.records
    assert {n: v for n, v in ours.items() if n not in different} == {
        n: v for n, v in theirs.items() if n not in different
    }


def test_prompts_in_sequence_are_tested_again_after_each_bake(tmp_path: Path) -> None:
    # given two prompts, each baked twice, by adapters
    config = replace(
        CONFIG, prompts=[CLERK, WRITER], order="sequence", rounds=2, steps=2, method="low-rank", rank=2
    )  # fmt: skip
    # when
    done = run_stages(tmp_path, config)
    # then
    records = done["test3"].tracker.records
    assert {name for name in records if name.endswith("_kl")} == {
        "after_bake_1/clerk_kl", "after_bake_2/clerk_kl", "after_bake_3/clerk_kl", "after_bake_3/writer_kl",
        "after_bake_4/clerk_kl", "after_bake_4/writer_kl",
    }  # fmt: skip
    cards = [artifact(done["evaluate"], f"prompt-vector-card-{place}") for place in range(4)]
    assert [(card["prompt"]["name"], card["prompt"]["round"]) for card in cards] == [
        ("clerk", 0), ("clerk", 1), ("writer", 0), ("writer", 1),
    ]  # fmt: skip
    assert cards[3]["base"]["vectors"] == [card["vector"]["sha256"] for card in cards[:3]]
    vector = load_file(done["evaluate"].output / "artifacts/prompt-vector-3")
    assert {name.rsplit(".", 1)[1] for name in vector} == {"up", "down"}


def test_a_union_is_one_prompt_of_all_texts() -> None:
    other = {**CLERK, "name": "other", "text": "@c2"}
    (union,) = prompts_of(replace(CONFIG, prompts=[CLERK, other]))
    assert (union.name, union.text) == ("union", "@a4b7\n@c2")
    assert len(union.inputs) == 2 * len(CLERK["inputs"])


def test_rounds_end_where_one_moves_too_little() -> None:
    config = replace(CONFIG, prompts=[CLERK, WRITER], order="sequence", rounds=3, pursuit_gain=0.01)
    assert following(config, Bake(0, 0), 0.5) == Bake(0, 1)
    assert following(config, Bake(0, 1), 0.001) == Bake(1, 0)
    assert following(config, Bake(0, 2), 0.5) == Bake(1, 0)
    assert following(config, Bake(1, 0), 0.001) is None


def test_a_bake_ends_early_where_it_is_near_enough(tmp_path: Path) -> None:
    config = replace(CONFIG, stop_share=0.999, check_every=2, steps=40)
    context = job(tmp_path, "bake", config, 0)
    context.config = config.to_json()
    run(context)
    last = context.tracker.trained[-1][0]
    assert 2 <= last < 40


@pytest.mark.parametrize("preset", [p["name"] for p in load_contract("presets.json")["presets"]])
def test_every_preset_fits_the_schema(preset: str) -> None:
    validate(BakingConfig.preset(preset).to_json(), "phases/baking", kind="bug", where=preset)
