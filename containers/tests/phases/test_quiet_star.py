"""Phase 3 from a model and a corpus to a thinking model, its control and a verdict."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from agent_forge.contracts import load_contract, validate
from agent_forge.data.corpus import encode_texts, split_texts
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import ActConfig, ArchConfig, LineageConfig, LtmConfig, ModelConfig
from agent_forge.models.folder import architecture_hash, load_model, read_config, save_model, shapes_of
from agent_forge.models.generate import generate
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Document, InputModel, Stage
from agent_forge.phases.quiet_star.coherence import Heard, distinct_2, most_common_share
from agent_forge.phases.quiet_star.config import QuietStarConfig
from agent_forge.phases.quiet_star.marks import SEPARATORS, mark_ids, separator_of
from agent_forge.phases.quiet_star.phase import run
from agent_forge.phases.quiet_star.report import gains, has_effect, thought_numbers
from agent_forge.stages import input_model
from tests.data.texts import documents
from tests.phases.fake_context import FolderContext

EVERY = 5
TEXTS = documents(12, sentences=30)
CONFIG = replace(QuietStarConfig.preset("test"), steps=5)
GATES = next(p for p in load_contract("phases.json")["phases"] if p["slug"] == "quiet-star")["gates"]


def write_input(folder: Path) -> Path:
    """A model that was trained on nothing, with a tokenizer of these texts."""
    tokenizer = TextTokenizer.train(split_texts(TEXTS, EVERY).train, 320)
    config = ModelConfig(
        arch=ArchConfig(d_model=16, num_layers=2, num_heads=2, d_ff=32, vocab_size=320, window=8),
        act=ActConfig(n_max=2, tau=0.01), ltm=LtmConfig(dim=8, chunk=8),
        lineage=LineageConfig(held_out_every=EVERY), tokenizer_hash=tokenizer.hash,
    )  # fmt: skip
    save_model(TinyTitan(config).initialise(3), folder, tokenizer.json)
    return folder


def job(root: Path, name: str, kind: str, size: int, index: int | None = None) -> FolderContext:
    given = InputModel("variant-1", "variant", "01J0000000000000000000000A")
    folder = root / "input"
    return FolderContext(
        root, Stage(name, kind, size, index), CONFIG.to_json(),
        [Document(f"{i}.txt", text) for i, text in enumerate(TEXTS)],
        registered={given.name: (given, folder if folder.exists() else write_input(folder))},
    )  # fmt: skip


def run_stages(root: Path) -> dict[str, FolderContext]:
    jobs = {
        "thinking": job(root, "train", "array", 2, 0),
        "control": job(root, "train", "array", 2, 1),
        "evaluate": job(root, "evaluate", "reduce", 1),
    }
    for context in jobs.values():
        run(context)
    return jobs


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FolderContext]:
    return run_stages(tmp_path_factory.mktemp("quiet-star"))


def published(jobs: dict[str, FolderContext]) -> Path:
    return jobs["evaluate"].output / "models/thinking"


def test_one_thinking_model_goes_on_with_its_parent_and_its_switches(jobs: dict[str, FolderContext]) -> None:
    role, (parent,) = jobs["evaluate"].parents["thinking"]
    assert (role, parent.relation, parent.model_id) == (
        "thinking", "continued-from", "01J0000000000000000000000A",
    )  # fmt: skip
    assert list(jobs["evaluate"].parents) == ["thinking"]
    config = read_config(published(jobs))
    assert (config.thought.start_id, config.thought.end_id) == (3, 4)
    assert (config.thought.n_thought, config.thought.n_true, config.thought.every) == (2, 2, 8)
    assert (config.lineage.phase, config.lineage.held_out_every) == ("quiet-star", EVERY)


def test_the_vocabulary_keeps_its_rows_and_its_tokenizer_byte_by_byte(jobs: dict[str, FolderContext]) -> None:
    source = jobs["thinking"].root / "input"
    before, after = load_model(source), load_model(published(jobs))
    assert architecture_hash(shapes_of(before)) == architecture_hash(shapes_of(after))
    assert (source / "tokenizer.json").read_bytes() == (published(jobs) / "tokenizer.json").read_bytes()
    tokenizer = TextTokenizer.from_json((published(jobs) / "tokenizer.json").read_text())
    assert [tokenizer.tokenizer.id_to_token(row) for row in mark_ids(tokenizer)] == [
        "<|thought_start|>", "<|thought_end|>",
    ]  # fmt: skip
    assert len(tokenizer) == after.embedding.num_embeddings


def test_thoughts_switched_off_leave_no_trace_and_that_is_measured(jobs: dict[str, FolderContext]) -> None:
    assert jobs["evaluate"].tracker.records["thoughts/off_difference"] == 0.0


def test_the_marks_are_never_said(jobs: dict[str, FolderContext]) -> None:
    model = load_model(published(jobs)).eval()
    said = generate(model, torch.tensor([40, 41, 42]), 20, use_thoughts=True, seed=1)
    assert not set(said.tolist()) & {3, 4}


def test_every_gate_has_its_number_and_every_number_is_finite(jobs: dict[str, FolderContext]) -> None:
    records = jobs["evaluate"].tracker.records
    assert {gate["metric"] for gate in GATES} <= set(records)
    assert all(torch.tensor(value).isfinite() for value in records.values())
    for name in ("gain", "gain_over_shuffled", "gain_over_control", "ablation_drop"):
        low, value, high = (records[f"thoughts/{name}{end}"] for end in ("_low", "", "_high"))
        assert low <= value <= high
    assert records["thoughts/gain"] == pytest.approx(records["quiet/nll"] - records["thoughts/nll"], abs=1e-6)
    assert records["thoughts/effect"] in (0.0, 1.0)


def test_the_control_saw_the_same_steps_and_has_no_thoughts(jobs: dict[str, FolderContext]) -> None:
    control = read_config(jobs["control"].output / "models/control")
    assert not control.thought.enabled
    rates = [[values["lr"] for _, values in jobs[name].tracker.trained] for name in ("thinking", "control")]
    assert rates[0] == rates[1]


def test_some_thoughts_are_written_down_with_the_text_around_them(jobs: dict[str, FolderContext]) -> None:
    text = (jobs["evaluate"].output / "artifacts/thoughts").read_text(encoding="utf-8")
    assert text.count('"thought"') == text.count('"then"') == 16


def test_held_out_text_is_what_phase_1_held_out(jobs: dict[str, FolderContext]) -> None:
    tokenizer = TextTokenizer.from_json((published(jobs) / "tokenizer.json").read_text())
    held_out = encode_texts(tokenizer, split_texts(TEXTS, EVERY).held_out, 1024, 1)
    trained = tokenizer.decode(encode_texts(tokenizer, split_texts(TEXTS, EVERY).train, 10**6, 1).tolist())
    lines = [line for line in tokenizer.decode(held_out.tolist()).splitlines()[1:-1] if len(line) > 40]
    assert lines
    assert not [line for line in lines if line in trained]


@pytest.mark.parametrize("saves", [1, 2])
def test_an_interrupted_thinker_resumes_to_the_same_bytes(jobs: dict[str, FolderContext], saves: int) -> None:
    # given a job that was stopped after some steps
    context = job(jobs["thinking"].root, "train", "array", 2, 0)
    context.output = jobs["thinking"].root / f"resumed-{saves}"
    context.checkpoints = type(context.checkpoints)(jobs["thinking"].root / f"checkpoints-{saves}")
    context.checkpoints.every_step, context.checkpoints.stop_after_saves = True, 2 * saves
    with pytest.raises(ForgeError) as error:
        run(context)
    assert error.value.kind == "preempted"
    assert not context.output.exists()
    # when
    context.checkpoints.every_step = False
    run(context)
    # then
    for file in ("model.safetensors", "config.json"):
        resumed = (context.output / "models/thinking" / file).read_bytes()
        assert resumed == (jobs["thinking"].output / "models/thinking" / file).read_bytes()


def test_running_the_last_stage_again_measures_the_same(jobs: dict[str, FolderContext]) -> None:
    again = job(jobs["thinking"].root, "evaluate", "reduce", 1)
    again.output = jobs["thinking"].root / "again"
    run(again)
    assert again.tracker.records == jobs["evaluate"].tracker.records


def heard(thoughts: torch.Tensor, gain: float, content: float) -> Heard:
    """Eight rows of four places where thoughts give `gain`, of which `content` is lost with wrong ones."""
    noise = torch.randn(8, 4, generator=torch.Generator().manual_seed(2)) * 0.01
    base = torch.full((8, 4), -3.0)
    share = 1.0 + noise * 20
    own = base + gain * share + noise
    wrong = own - content * share
    counted = torch.ones(8, 4, dtype=torch.bool)
    places = torch.arange(4).expand(8, -1)
    return Heard(base, own, own, wrong, wrong, torch.full((8, 4), 0.5), counted, places, thoughts)


DIFFERENT = torch.randint(300, (8, 4, 5), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("case", "thoughts", "gain", "content", "expected"),
    [
        ("thoughts whose content helps", DIFFERENT, 0.5, 0.4, True),
        ("pauses that help whatever is thought", DIFFERENT, 0.5, 0.0, False),
        ("thoughts that do harm", DIFFERENT, -0.2, 0.1, False),
        ("one thought everywhere", torch.full((8, 4, 5), 7), 0.5, 0.4, False),
    ],
)
def test_the_verdict_tells_thoughts_from_theatre(
    case: str, thoughts: torch.Tensor, gain: float, content: float, expected: bool
) -> None:
    found = heard(thoughts, gain, content)
    others = {"control": found.without, "input": found.without - 0.1}
    values = gains(found, others, CONFIG, 1) | thought_numbers(found)
    assert has_effect({name: value for name, (value, _) in values.items()}) is expected, case


def test_repeated_thoughts_are_counted() -> None:
    same = torch.tensor([[1, 2, 3], [1, 2, 3], [4, 5, 6], [1, 2, 9]])
    assert most_common_share(same) == 0.5
    assert distinct_2(same) == 5 / 8  # 12 23 45 56 29 of eight pairs
    assert distinct_2(torch.tensor([[1], [2]])) == 1.0


def test_the_marks_begin_at_the_most_frequent_separator() -> None:
    tokenizer = TextTokenizer.train(split_texts(TEXTS, EVERY).train, 320)
    stream = encode_texts(tokenizer, TEXTS, 5000, 1)
    chosen = separator_of(tokenizer, stream)
    counts = torch.bincount(stream.long(), minlength=320)
    assert tokenizer.token_bytes[chosen] in SEPARATORS
    assert all(
        counts[row] <= counts[chosen] for row, text in enumerate(tokenizer.token_bytes) if text in SEPARATORS
    )
    nothing = separator_of(tokenizer, torch.tensor([100, 100, 101]))
    assert nothing == 100


@pytest.mark.parametrize("roles", [[], ["variant", "variant"], ["base", "variant", "merged"]])
def test_other_than_one_model_to_teach_is_refused(tmp_path: Path, roles: list[str]) -> None:
    context = job(tmp_path, "train", "array", 2, 0)
    context.registered = {
        f"m-{i}": (InputModel(f"m-{i}", role, str(i)), tmp_path) for i, role in enumerate(roles)
    }
    with pytest.raises(ForgeError, match="expected one") as error:
        run(context)
    assert error.value.kind == "contract"


def test_a_base_that_came_along_is_not_taught(tmp_path: Path) -> None:
    context = job(tmp_path, "train", "array", 2, 0)
    (model, folder), = context.registered.values()  # fmt: skip
    context.registered = {"base": (InputModel("base", "base", "x"), folder), model.name: (model, folder)}
    assert input_model(context, "quiet-star") == model


def test_a_model_that_thinks_already_is_refused(jobs: dict[str, FolderContext], tmp_path: Path) -> None:
    context = job(tmp_path, "train", "array", 2, 0)
    (model, _), = context.registered.values()  # fmt: skip
    context.registered = {model.name: (model, published(jobs))}
    with pytest.raises(ForgeError, match="thinks already") as error:
        run(context)
    assert error.value.kind == "contract"


def test_missing_and_unknown_settings_are_named() -> None:
    document = CONFIG.to_json() | {"speed": 1}
    del document["steps"]
    with pytest.raises(ForgeError, match=r"missing \['steps'\], unknown \['speed'\]"):
        QuietStarConfig.of(document)


@pytest.mark.parametrize("preset", [p["name"] for p in load_contract("presets.json")["presets"]])
def test_every_preset_fits_the_schema(preset: str) -> None:
    settings = QuietStarConfig.preset(preset)
    validate(settings.to_json(), "phases/quiet-star", kind="bug", where=preset)


def test_a_stage_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="no stage 'ponder'"):
        run(job(tmp_path, "ponder", "single", 1))
