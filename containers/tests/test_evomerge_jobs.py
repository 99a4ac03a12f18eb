"""Phase 2 as the queue runs it: the models of phase 1 through the entry point, round after round."""

from typing import Any

import pytest

from agent_forge.contracts import load_contract, validate
from agent_forge.registry import PHASES
from tests.support.job_room import JobRoom
from tests.test_cognate_jobs import TINY as TINY_COGNATE
from tests.test_cognate_jobs import _documents

TINY = {
    "generations": 1, "population": 3, "elites": 1, "seq_len": 32, "screen_tokens": 128,
    "rescore_tokens": 128, "report_tokens": 128, "probe_tokens": 8, "probe_items": 4, "finalists": 2,
}  # fmt: skip
GROUP = ("evaluate", "select")


def plan_of(slug: str) -> dict[str, Any]:
    """The phase as contracts/phases.json has it."""
    found: dict[str, Any] = next(p for p in load_contract("phases.json")["phases"] if p["slug"] == slug)
    return found


def run_stage(room: JobRoom, task: str, size: int) -> list[dict[str, Any]]:
    """All jobs of a stage; their events."""
    events = []
    for index in range(size):
        child = {"AWS_BATCH_JOB_ARRAY_INDEX": str(index)} if size > 1 else {}
        job = room.run(task, PHASES, **child)
        assert job.code == 0, job.stderr
        events += job.events
    for event in events:
        validate(event, "event-line", kind="bug", where="an event")
    return events


def train(room: JobRoom, corpus: dict[str, Any]) -> list[dict[str, Any]]:
    """Run phase 1 and hand over its models, the base among them, as registered ones."""
    for stage in plan_of("cognate")["stages"]:
        inputs = [corpus if name == "corpus" else room.stage_input(name) for name in stage["reads"]]
        task = room.task(
            stage["name"], kind=stage["kind"], size=stage["size"], config=TINY_COGNATE, inputs=inputs
        )
        run_stage(room, task, stage["size"])
    return [
        {"name": model["name"], "kind": "model", "role": model["role"], "files": model["files"],
         "modelId": f"01J000000000000000000000{place:02d}"}
        for place, model in enumerate(room.result("evaluate")["models"])
    ]  # fmt: skip


class Evolution:
    """What phase 2 left in a room."""

    def __init__(self, room: JobRoom) -> None:
        self.room = room
        corpus = room.corpus_input(_documents())
        self.models = train(room, corpus)
        self.given = {"corpus": [corpus], "models": self.models}
        self.events: list[dict[str, Any]] = []
        stages = {stage["name"]: stage for stage in plan_of("evomerge")["stages"]}
        self.stage(stages["found"], None)
        self.rounds, again = 0, True
        while again:
            for name in GROUP:
                self.stage(stages[name], self.rounds)
            again = room.result("select", round=self.rounds).get("again", False)
            self.rounds += 1
        self.stage(stages["finish"], None)

    def stage(self, stage: dict[str, Any], turn: int | None) -> None:
        """Run one stage with what its plan says it reads."""
        size = TINY.get("workers", 2) if isinstance(stage["size"], dict) else stage["size"]
        inputs = [
            each for name in stage["reads"] for each in self.given.get(name, [self.read(stage, name, turn)])
        ]
        task = self.room.task(
            stage["name"],
            phase="evomerge",
            kind=stage["kind"],
            size=size,
            round=turn,
            config=TINY,
            inputs=inputs,
        )
        self.events += run_stage(self.room, task, size)

    def read(self, stage: dict[str, Any], name: str, turn: int | None) -> dict[str, Any]:
        """The stage that another one reads, in the round that the contract says."""
        if name not in GROUP:
            return self.room.stage_input(name)
        if turn is None:
            return self.room.stage_input(name, self.rounds - 1)
        earlier = stage["name"] == "select" and name == "evaluate"
        last = turn if earlier else turn - 1
        return self.room.stage_input(name, max(last, 0), absent=last < 0)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Evolution:
    return Evolution(JobRoom(tmp_path_factory.mktemp("evomerge")))


def test_the_phase_ends_with_one_model_that_its_contract_takes(done: Evolution) -> None:
    (model,) = done.room.result("finish")["models"]
    assert (model["name"], model["role"]) == ("merged", "merged")
    properties = model["properties"]
    assert properties["parents"] == len(model["parents"]) >= 2
    assert properties["tokenizerSize"] == properties["vocabRows"]
    assert properties["finite"] is True
    assert properties["zeroMatrices"] == []
    assert properties["ternary"] == "none"
    assert properties["reservedRows"] >= 2
    assert properties["baseHash"] is not None


def test_the_lineage_names_the_registered_parents_with_their_weights(done: Evolution) -> None:
    (model,) = done.room.result("finish")["models"]
    ids = {each["modelId"] for each in done.models if each["role"] == "variant"}
    assert {parent["modelId"] for parent in model["parents"]} <= ids
    assert {parent["relation"] for parent in model["parents"]} == {"merged-from"}
    assert sum(parent["weight"] for parent in model["parents"]) > 0


def test_two_generations_were_evaluated_and_told(done: Evolution) -> None:
    assert done.rounds == 2
    updates = [event["data"] for event in done.events if event["type"] == "generation_update"]
    assert [update["generation"] for update in updates] == [0, 1]
    for update in updates:
        validate(update, "generation-update", kind="bug", where="an update")


def test_every_number_that_a_gate_asks_for_was_measured(done: Evolution) -> None:
    gates = plan_of("evomerge")["gates"]
    asked = {gate["metric"] for gate in gates} | {gate["bound"]["metric"] for gate in gates}
    assert asked
    assert asked <= {metric["name"] for metric in done.room.result("finish")["metrics"]}
