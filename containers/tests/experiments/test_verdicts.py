"""What a record says to a claim, and what its readings say together."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent_forge.contracts import contracts_folder, load_contract
from agent_forge.errors import ForgeError
from agent_forge.experiments.catalogue import load_experiment
from agent_forge.experiments.claims import write_claims
from agent_forge.experiments.inherited import inherited_part
from agent_forge.experiments.runner import run_experiment
from agent_forge.experiments.verdicts import claim_verdict, judged_claims, reading_verdict
from tests.experiments.toy_experiment import TOY

REPOSITORY = contracts_folder().parent
HOLDS, PART, FAILS, OPEN = "holds", "holds in part", "does not hold", "not measured"


def claim(*readings: dict[str, Any]) -> dict[str, Any]:
    asked = [
        {"experiment": "TOY", "arm": "high", "measure": "score", "op": ">=", **each} for each in readings
    ]
    words = {key: key for key in ("claim", "source", "metric", "baseline", "rule")}
    return {"id": "toy", **words, "readings": [{"text": f"reading {i}", **r} for i, r in enumerate(asked)]}


def record(tier: Any = "full", seeds: tuple[int, ...] = (1, 2, 3)) -> dict[str, Any]:
    return run_experiment(TOY, tier, seeds, lambda _: None) | {"sha256": "a" * 64}


@pytest.mark.parametrize(
    ("mean", "low", "high", "op", "bound", "verdict"),
    [
        (5.0, 4.0, 6.0, ">=", 3.0, HOLDS),
        (5.0, 4.0, 6.0, ">=", 4.0, HOLDS),
        (5.0, 4.0, 6.0, ">=", 4.5, PART),
        (5.0, 4.0, 6.0, ">=", 5.5, FAILS),
        (5.0, 4.0, 6.0, ">=", 7.0, FAILS),
        (5.0, 4.0, 6.0, "<=", 6.0, HOLDS),
        (5.0, 4.0, 6.0, "<=", 5.5, PART),
        (5.0, 4.0, 6.0, "<=", 4.5, FAILS),
        (0.0, 0.0, 0.0, "<=", 0.0, HOLDS),
        (0.0, 0.0, 0.0, "<", 0.0, FAILS),
        (1.0, 0.0, 2.0, ">", 0.0, PART),
        (1.0, 0.5, 1.5, ">", 0.0, HOLDS),
    ],
)
def test_a_reading_holds_where_its_whole_interval_lies_beyond_the_bound(
    mean: float, low: float, high: float, op: str, bound: float, verdict: str
) -> None:
    assert reading_verdict(mean, low, high, op, bound) == verdict


@pytest.mark.parametrize(
    ("readings", "verdict"),
    [
        ([HOLDS, HOLDS], HOLDS),
        ([HOLDS, PART], PART),
        ([HOLDS, FAILS], PART),
        ([PART, PART], PART),
        ([FAILS, FAILS], FAILS),
        ([PART, FAILS], FAILS),
        ([HOLDS, OPEN], PART),
        ([FAILS, OPEN], FAILS),
        ([OPEN, OPEN], OPEN),
    ],
)
def test_a_claim_holds_only_where_every_reading_does(readings: list[str], verdict: str) -> None:
    assert claim_verdict(readings) == verdict


def test_a_reading_is_the_measure_or_its_paired_difference_with_the_records_seeds_and_hash() -> None:
    # The toy's arms measure .9 and .2, each with a hundredth of the seed on top.
    (found,) = judged_claims(
        [claim({"bound": 0.9}, {"bound": 0.7, "baseline": "low", "op": "<="})], [record()]
    )
    plain, paired = found["readings"]
    assert plain["values"] == pytest.approx([0.91, 0.92, 0.93])
    # 4.302653 is the quantile of t with two degrees of freedom, .01 the standard deviation.
    assert plain["low"] == pytest.approx(0.92 - 4.302653 * 0.01 / 3**0.5, abs=1e-6)
    assert (plain["verdict"], plain["seeds"], plain["sha256"]) == (PART, [1, 2, 3], "a" * 64)
    assert (paired["mean"], paired["low"], paired["high"]) == pytest.approx((0.7, 0.7, 0.7))
    assert found["verdict"] == PART
    (source,) = found["records"]
    assert source["reproduce"] == "npm run evidence -- TOY --tier full --seeds 1,2,3"


@pytest.mark.parametrize(
    ("records", "missing"),
    [
        ([], "no record of TOY: npm run evidence -- TOY --tier full"),
        ([record(seeds=(1, 2))], "the record of TOY has 2 paired seeds, 3 are needed"),
        ([record(tier="ci")], "the record of TOY is of a smoke run"),
    ],
)
def test_without_a_full_record_of_three_seeds_nothing_holds(
    records: list[dict[str, Any]], missing: str
) -> None:
    (found,) = judged_claims([claim({"bound": 0.0})], records)
    assert found["verdict"] == OPEN
    assert found["readings"] == [{"text": "reading 0", "missing": missing, "verdict": OPEN}]
    assert found["records"] == []


def test_an_arm_of_one_seed_answers_nothing() -> None:
    (found,) = judged_claims([claim({"bound": 0.0, "arm": "once"})], [record()])
    assert found["readings"][0]["missing"] == "the record of TOY has 1 paired seeds, 3 are needed"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"arm": "higher"}, "arms are high, low, same, once"), ({"measure": "speed"}, "measures score, steps")],
)
def test_a_claim_that_asks_for_what_the_record_does_not_have_is_refused(
    wrong: dict[str, str], message: str
) -> None:
    with pytest.raises(ForgeError, match=message) as caught:
        judged_claims([claim({"bound": 0.0, **wrong})], [record()])
    assert caught.value.kind == "validation"


def test_the_claims_page_shows_every_reading_with_its_interval_hash_and_command() -> None:
    text = inherited_part(
        judged_claims([claim({"bound": 0.9}), claim({"text": "x", "missing": "y"})], [record()])
    )
    for shown in ("0.8952 to 0.9448", "**holds in part**", "`aaaaaaaaaaaa`", "--seeds 1,2,3", "missing: y"):
        assert shown in text


def test_the_committed_verdicts_are_what_the_committed_records_give(tmp_path: Path) -> None:
    verdicts = tmp_path / "verdicts.json"
    write_claims(REPOSITORY / "evidence", tmp_path / "claims.md", verdicts)
    committed = (REPOSITORY / "contracts/claim-verdicts.json").read_text(encoding="utf-8")
    assert json.loads(committed) == json.loads(verdicts.read_text(encoding="utf-8"))


def test_every_reading_asks_an_experiment_that_there_is_for_arms_that_it_has() -> None:
    readings = [(c["id"], r) for c in load_contract("claims.json")["claims"] for r in c["readings"]]
    for name, reading in readings:
        if "experiment" in reading:
            arms = {arm.name for arm in load_experiment(reading["experiment"]).arms}
            assert {reading["arm"], reading.get("baseline", reading["arm"])} <= arms, name
