"""Phase 1 from corpus to four models, through a context of folders and dictionaries."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from agent_forge.contracts import load_contract
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.folder import architecture_hash, load_model, read_config, shapes_of
from agent_forge.phase import Document, Stage
from agent_forge.phases.cognate.config import CognateConfig
from agent_forge.phases.cognate.phase import run
from agent_forge.phases.cognate.report import averaged, text_seen
from agent_forge.phases.cognate.variants import BASE, VARIANTS
from tests.data.texts import documents
from tests.phases.fake_context import FolderContext

CONFIG = replace(CognateConfig.preset("test"), vocab_size=384, train_tokens=20_000, learning_rate=0.004)
NAMES = ("base", "reasoning", "memory", "adaptive")


def job(root: Path, name: str, kind: str, size: int, index: int | None = None) -> FolderContext:
    corpus = [Document(f"{i}.txt", text) for i, text in enumerate(documents(12, sentences=80))]
    return FolderContext(root, Stage(name, kind, size, index), CONFIG.to_json(), corpus)


def run_stages(root: Path) -> dict[str, FolderContext]:
    jobs = {"base": job(root, "base", "single", 1)}
    jobs |= {v.name: job(root, "variants", "array", 3, i) for i, v in enumerate(VARIANTS)}
    jobs["evaluate"] = job(root, "evaluate", "reduce", 1)
    for context in jobs.values():
        run(context)
    return jobs


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FolderContext]:
    return run_stages(tmp_path_factory.mktemp("cognate"))


def published(jobs: dict[str, FolderContext], name: str) -> Path:
    return jobs["evaluate"].output / "models" / name


def test_the_last_stage_publishes_four_models_with_their_roles_and_parents(
    jobs: dict[str, FolderContext],
) -> None:
    parents = jobs["evaluate"].parents
    assert tuple(parents) == NAMES
    assert parents["base"] == ("base", ())
    for name in NAMES[1:]:
        role, (parent,) = parents[name]
        assert (role, parent.relation, parent.name) == ("variant", "continued-from", "base")


def test_all_models_share_names_shapes_and_tokenizer_and_name_their_common_base(
    jobs: dict[str, FolderContext],
) -> None:
    models = {name: load_model(published(jobs, name)) for name in NAMES}
    assert len({architecture_hash(shapes_of(model)) for model in models.values()}) == 1
    assert len({(published(jobs, name) / "tokenizer.json").read_bytes() for name in NAMES}) == 1
    base_hash = hashlib.sha256((published(jobs, "base") / "model.safetensors").read_bytes()).hexdigest()
    lineages = {name: read_config(published(jobs, name)).lineage for name in NAMES}
    assert lineages["base"].base_hash is None
    assert all(lineages[name].base_hash == base_hash for name in NAMES[1:])
    tokenizer = TextTokenizer.from_json((published(jobs, "base") / "tokenizer.json").read_text())
    assert read_config(published(jobs, "memory")).tokenizer_hash == tokenizer.hash
    assert len(tokenizer) == models["base"].config.arch.vocab_size


def test_the_variants_went_different_ways_but_not_far(jobs: dict[str, FolderContext]) -> None:
    records = jobs["evaluate"].tracker.records
    assert all(0.001 < records[f"{name}/relative_task_vector"] < 1.0 for name in NAMES[1:])
    weights = [load_model(published(jobs, name)).state_dict()["embedding.weight"] for name in NAMES]
    assert all(not torch.equal(weights[i], weights[j]) for i in range(4) for j in range(i))


def test_training_beats_the_counting_models_that_saw_the_same_text(jobs: dict[str, FolderContext]) -> None:
    records = jobs["evaluate"].tracker.records
    for name in NAMES:
        for baseline in ("byte_bigram", "token_unigram"):
            assert records[f"{name}/bits_per_byte"] < records[f"{baseline}/bits_per_byte"]
        best = min(records[f"{b}/bits_per_byte"] for b in ("byte_bigram", "token_unigram", "token_bigram"))
        assert records[f"{name}/margin_over_baselines"] == pytest.approx(
            best - records[f"{name}/bits_per_byte"]
        )


def test_the_plain_average_of_the_variants_is_no_worse_than_the_base(jobs: dict[str, FolderContext]) -> None:
    records = jobs["evaluate"].tracker.records
    assert records["average/bits_per_byte"] <= records["base/bits_per_byte"]


def test_every_model_has_every_measure_and_a_finite_one(jobs: dict[str, FolderContext]) -> None:
    records = jobs["evaluate"].tracker.records
    measures = {key.split("/")[1] for key in records if key.startswith("base/")}
    assert {"bits_per_byte", "perplexity", "hops_accuracy", "recall_accuracy", "ponder_spread"} <= measures
    assert all(f"{name}/{measure}" in records for name in (*NAMES, "average") for measure in measures)
    (phase,) = (each for each in load_contract("phases.json")["phases"] if each["slug"] == "cognate")
    assert [strength["model"] for strength in phase["strengths"]] == [variant.name for variant in VARIANTS]
    assert {strength["measure"] for strength in phase["strengths"]} <= measures
    assert all(torch.tensor(value).isfinite() for value in records.values())


def test_the_shares_of_tokens_by_ponder_steps_make_one_and_their_mean_spread(
    jobs: dict[str, FolderContext],
) -> None:
    records = jobs["evaluate"].tracker.records
    for name in NAMES:
        shares = {
            int(key.rpartition("_")[2]): value
            for key, value in records.items()
            if key.startswith(f"{name}/ponder_share_")
        }
        assert sum(shares.values()) == pytest.approx(1)
        mean = sum(steps * share for steps, share in shares.items())
        spread = sum(share * (steps - mean) ** 2 for steps, share in shares.items()) ** 0.5
        assert records[f"{name}/ponder_spread"] == pytest.approx(spread, abs=1e-9)


def test_the_average_is_the_mean_of_every_tensor(jobs: dict[str, FolderContext]) -> None:
    models = [load_model(published(jobs, name)) for name in NAMES[1:]]
    mean = averaged(models).state_dict()
    for name, tensor in mean.items():
        expected = sum(model.state_dict()[name].double() for model in models) / 3
        torch.testing.assert_close(tensor.double(), expected, rtol=1e-6, atol=1e-7)


def test_held_out_text_is_in_no_training_window(jobs: dict[str, FolderContext]) -> None:
    tokens = load_file(jobs["base"].output / "artifacts" / "tokens")
    tokenizer = TextTokenizer.from_json((published(jobs, "base") / "tokenizer.json").read_text())
    trained = tokenizer.decode(tokens["train"].tolist())
    sentences = [
        line for line in tokenizer.decode(tokens["held_out"].tolist()).splitlines() if len(line) > 50
    ]
    assert len(sentences) > 20
    assert [line for line in sentences if line in trained] == []


def test_baselines_are_fitted_on_the_text_of_base_and_variants_and_nothing_else(
    jobs: dict[str, FolderContext],
) -> None:
    tokens = load_file(jobs["base"].output / "artifacts" / "tokens")
    tokenizer = TextTokenizer.from_json((published(jobs, "base") / "tokenizer.json").read_text())
    seen = text_seen(CONFIG, tokenizer, tokens["train"], seed=1)
    shares = [BASE.share, *(v.share for v in VARIANTS)]
    fewest = CONFIG.base_steps * 4 * (1 - shares[0] * 0.4) + (CONFIG.steps - CONFIG.base_steps) * 4 * (
        1 - min(shares) * 0.4
    )
    assert fewest - 3 <= len(seen) < CONFIG.steps * 4
    recorded = jobs["evaluate"].tracker.records["baselines/text_tokens_seen"]
    assert recorded == len(seen) * CONFIG.seq_len


def test_the_variants_begin_where_the_base_stopped_with_their_own_write_bias(
    jobs: dict[str, FolderContext],
) -> None:
    first = jobs["memory"].tracker.trained[0]
    assert first[0] == CONFIG.base_steps + CONFIG.log_every
    assert first[1]["lr"] < jobs["base"].tracker.trained[-1][1]["lr"]
    biases = {name: read_config(published(jobs, name)).ltm.write_bias for name in NAMES}
    assert biases["memory"] > biases["base"] == 0.0


def test_running_the_phase_again_gives_the_same_bytes(jobs: dict[str, FolderContext], tmp_path: Path) -> None:
    again = run_stages(tmp_path)
    for name in NAMES:
        for file in ("model.safetensors", "config.json", "tokenizer.json"):
            assert (published(again, name) / file).read_bytes() == (published(jobs, name) / file).read_bytes()
    assert again["evaluate"].tracker.records == jobs["evaluate"].tracker.records


def test_an_interrupted_variant_resumes_to_the_same_bytes(jobs: dict[str, FolderContext]) -> None:
    # given
    context = job(jobs["base"].root, "variants", "array", 3, 1)
    context.output = jobs["base"].root / "resumed"
    context.checkpoints.every_step, context.checkpoints.stop_after_saves = True, 7
    with pytest.raises(ForgeError) as error:
        run(context)
    assert error.value.kind == "preempted"
    assert not context.output.exists()
    # when
    context.checkpoints.every_step = False
    run(context)
    # then
    resumed = (context.output / "models/memory/model.safetensors").read_bytes()
    assert resumed == (published(jobs, "memory") / "model.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_heads": 3}, "num_heads is 3"),
        ({"vocab_size": 350}, "multiple of 64"),
    ],
)
def test_settings_that_describe_no_model_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ForgeError, match=message) as error:
        CognateConfig.of(CONFIG.to_json() | change)
    assert error.value.kind == "validation"


def test_missing_and_unknown_settings_are_named() -> None:
    document = CONFIG.to_json() | {"speed": 1}
    del document["steps"]
    with pytest.raises(ForgeError, match=r"missing \['steps'\], unknown \['speed'\]"):
        CognateConfig.of(document)


def test_a_stage_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="no stage 'polish'"):
        run(job(tmp_path, "polish", "single", 1))


def test_a_corpus_too_small_for_one_batch_is_refused(tmp_path: Path) -> None:
    context = replace(job(tmp_path, "base", "single", 1), documents=[Document("a", "A short text. " * 5)])
    with pytest.raises(ForgeError, match="train split has") as error:
        run(context)
    assert error.value.kind == "validation"


@pytest.mark.parametrize("switched_off", ["act_enabled", "ltm_enabled"])
def test_the_phase_runs_with_a_mechanism_switched_off(tmp_path: Path, switched_off: str) -> None:
    context = job(tmp_path, "base", "single", 1)
    context.config = context.config | {switched_off: False, "steps": 4, "warmup_steps": 1}
    run(context)
    names = load_file(context.output / "models/base/model.safetensors").keys()
    prefix = switched_off.split("_")[0] + "."
    assert not [name for name in names if name.startswith(prefix)]
