"""The first phase as the queue runs it: every job of its plan through the entry point, in order."""

import random

import pytest

from agent_forge.contracts import load_contract, validate
from agent_forge.registry import PHASES
from tests.support.job_room import JobRoom

# The smallest settings that pass through every part of the phase.
TINY = {
    "d_model": 32,
    "num_layers": 2,
    "num_heads": 2,
    "d_ff": 32,
    "vocab_size": 320,
    "seq_len": 32,
    "window": 16,
    "batch_size": 2,
    "steps": 4,
    "warmup_steps": 1,
    "ltm_dim": 8,
    "ltm_chunk": 16,
    "held_out_every": 3,
    "tokenizer_bytes": 20_000,
    "train_tokens": 5_000,
    "held_out_tokens": 256,
    "eval_stride": 32,
    "eval_batch_size": 4,
    "probe_items": 4,
    "log_every": 1,
}
WORDS = (
    "the",
    "state",
    "of",
    "union",
    "and",
    "people",
    "nation",
    "peace",
    "year",
    "congress",
    "law",
    "public",
)


def _documents() -> list[dict[str, str]]:
    generator = random.Random(5)
    sentences = [" ".join(generator.choices(WORDS, k=12)).capitalize() + "." for _ in range(300)]
    return [{"id": f"{number}.txt", "text": " ".join(sentences[number::12])} for number in range(12)]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> JobRoom:
    """A room in which every stage of the plan has run, in the plan's order and reading what the plan says."""
    room = JobRoom(tmp_path_factory.mktemp("cognate"))
    corpus = room.corpus_input(_documents())
    for stage in next(
        phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "cognate"
    )["stages"]:
        inputs = [corpus if name == "corpus" else room.stage_input(name) for name in stage["reads"]]
        plan = {"kind": stage["kind"], "size": stage["size"]}
        task = room.task(stage=stage["name"], config=TINY, inputs=inputs, **plan)
        for index in range(stage["size"]):
            child = {"AWS_BATCH_JOB_ARRAY_INDEX": str(index)} if stage["size"] > 1 else {}
            job = room.run(task, PHASES, **child)
            assert job.code == 0, job.stderr
            for event in job.events:
                validate(event, "event-line", kind="bug", where="an event")
    return room


def test_the_phase_ends_with_its_three_variants_and_their_base(done: JobRoom) -> None:
    models = done.result("evaluate")["models"]
    assert {model["name"]: model["role"] for model in models} == {
        "base": "base",
        "reasoning": "variant",
        "memory": "variant",
        "adaptive": "variant",
    }


def test_the_variants_share_tensors_tokenizer_and_base_and_have_moved_away_from_it(done: JobRoom) -> None:
    # given
    base, *variants = (model["properties"] for model in done.result("evaluate")["models"])
    # then
    for variant in variants:
        assert variant["architectureHash"] == base["architectureHash"]
        assert variant["tokenizerHash"] == base["tokenizerHash"]
        assert variant["baseHash"] == base["weightsHash"]
        assert 0 < variant["relativeTaskVector"] < 1
        assert variant["tokenizerSize"] == variant["vocabRows"] == TINY["vocab_size"]
        assert variant["reservedRows"] >= 16
        assert variant["zeroMatrices"] == []
    assert len({variant["weightsHash"] for variant in variants}) == 3


def test_every_number_that_a_gate_asks_for_was_measured(done: JobRoom) -> None:
    # given the gates of the phase
    phase = next(phase for phase in load_contract("phases.json")["phases"] if phase["slug"] == "cognate")
    bounds = {gate["bound"]["metric"] for gate in phase["gates"] if isinstance(gate["bound"], dict)}
    asked = bounds | {
        gate["metric"].replace("*", subject)
        for gate in phase["gates"]
        for subject in gate.get("subjects", [""])
    }
    # when
    measured = {metric["name"] for metric in done.result("evaluate")["metrics"]}
    # then
    assert len(asked) == 8
    assert asked <= measured
