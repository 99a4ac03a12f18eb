"""Who is measured, how it is judged, and when nothing is decided."""

from dataclasses import replace
from typing import Any

import pytest

from agent_forge.experiments.experiment import Arm, Experiment
from agent_forge.experiments.runner import run_experiment
from tests.experiments.toy_experiment import TOY, with_bound

SEEDS = [1, 2, 3]


def run(experiment: Experiment = TOY, tier: Any = "full", seeds: list[int] = SEEDS) -> dict[str, Any]:
    return run_experiment(experiment, tier, seeds, lambda _: None)


def statuses(record: dict[str, Any]) -> dict[str, str]:
    return {line["id"]: line["status"] for line in record["lines"]}


def test_every_arm_sees_every_seed_and_an_ablation_only_the_first() -> None:
    arms = {arm["name"]: [result["seed"] for result in arm["results"]] for arm in run()["arms"]}
    assert arms == {"high": SEEDS, "low": SEEDS, "same": SEEDS, "once": [1]}


def test_a_matched_arm_takes_its_settings_from_the_same_seed() -> None:
    (same,) = (arm for arm in run()["arms"] if arm["name"] == "same")
    assert [result["derived"] for result in same["results"]] == [
        {"level": pytest.approx(0.9 + 0.01 * seed)} for seed in SEEDS
    ]


def test_deciding_arms_run_before_ablations() -> None:
    said: list[str] = []
    run_experiment(TOY, "full", SEEDS, said.append)
    assert [line.split(",")[0] for line in said] == ["high", "low", "same"] * 3 + ["once"]


def test_a_claim_holds_when_every_must_line_does_and_a_line_with_one_seed_is_not_measured() -> None:
    record = run()
    assert statuses(record) == {"high": "held", "low": "held", "once": "not measured"}
    assert record["verdict"] == "held"


def test_one_failed_must_line_fails_the_claim_and_its_values_stay() -> None:
    record = run(with_bound(0.925))
    assert statuses(record)["high"] == "failed"
    assert record["verdict"] == "failed"
    assert record["lines"][0]["values"] == [pytest.approx(v) for v in (0.91, 0.92, 0.93)]


@pytest.mark.parametrize(("share", "status"), [(1.0, "failed"), (2 / 3, "held"), (1 / 3, "held")])
def test_a_bound_may_ask_for_a_share_of_the_seeds(share: float, status: str) -> None:
    record = run(with_bound(0.915, share))
    assert (statuses(record)["high"], record["lines"][0]["held"]) == (status, 2)


@pytest.mark.parametrize(("tier", "seeds"), [("ci", SEEDS), ("full", [1, 2]), ("full", [7])])
def test_a_smoke_run_or_too_few_seeds_decide_nothing(tier: str, seeds: list[int]) -> None:
    record = run(tier=tier, seeds=seeds)
    assert set(statuses(record).values()) == {"not measured"}
    assert record["verdict"] == "no verdict"


def test_differences_are_paired_by_seed_and_those_of_one_seed_have_no_interval() -> None:
    paired, single = run()["comparisons"]
    assert paired["differences"] == [pytest.approx(0.7)] * 3
    assert (paired["low"], paired["high"]) == (pytest.approx(0.7), pytest.approx(0.7))
    assert (single["seeds"], single["low"]) == ([1], None)


def test_the_tier_chooses_the_budget() -> None:
    assert run(tier="ci")["arms"][0]["results"][0]["measures"]["steps"] == 1.0
    assert run()["arms"][0]["results"][0]["measures"]["steps"] == 100.0


def test_the_configuration_hash_changes_with_a_bound_and_not_with_the_outcome() -> None:
    first, again, moved = run(), run(), run(with_bound(0.5))
    assert first["configHash"] == again["configHash"] != moved["configHash"]
    assert first["codeHash"] == moved["codeHash"]
    assert "models/memory.py" in first["sources"]


def test_an_experiment_that_names_an_arm_it_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"TOY names the arms \['low', 'once'\]"):
        replace(TOY, arms=(Arm(name="high", description="alone"),))
