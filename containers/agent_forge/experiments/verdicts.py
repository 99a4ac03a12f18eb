"""What the records say to the claims of contracts/claims.json: worked out from records alone, never typed.

A reading of a claim asks whether a measure lies on one side of a bound. It holds where the whole 95 %
interval over the paired seeds does, holds in part where only the mean does, and fails otherwise. A claim
holds where all of its readings do, and does not where one fails and none holds; a reading without a record
keeps it from holding.
"""

import json
import operator
from collections.abc import Mapping, Sequence
from typing import Any

from agent_forge.contracts import load_contract, validate
from agent_forge.errors import ForgeError
from agent_forge.experiments.experiment import FEWEST_SEEDS
from agent_forge.experiments.intervals import LEVEL, paired_interval

CLAIMS = "claims.json"
HOLDS, IN_PART, FAILS, UNMEASURED = "holds", "holds in part", "does not hold", "not measured"

BEYOND = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}

# experiment -> its full record
Records = Mapping[str, Mapping[str, Any]]


def verdicts_text(records: Sequence[Mapping[str, Any]]) -> str:
    """The text of contracts/claim-verdicts.json.

    Raises:
        ForgeError(validation): contracts/claims.json does not fit its schema, or asks for an arm or a measure
            that a record does not have.
    """
    document = load_contract(CLAIMS)
    validate(document, "claims", kind="validation", where=CLAIMS)
    found = {"schemaVersion": 1, "claims": judged_claims(document["claims"], records)}
    validate(found, "claim-verdicts", kind="bug", where="the verdicts")
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def judged_claims(
    claims: Sequence[Mapping[str, Any]], records: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Each claim with its verdict, its readings' and the records that they come from."""
    by_experiment = {str(record["experiment"]): record for record in records}
    return [_judge(claim, by_experiment) for claim in claims]


def _judge(claim: Mapping[str, Any], records: Records) -> dict[str, Any]:
    readings = [_read(reading, records, str(claim["id"])) for reading in claim["readings"]]
    asked = {each["experiment"]: each["sha256"] for each in readings if "sha256" in each}
    return {
        **claim, "verdict": claim_verdict([each["verdict"] for each in readings]), "readings": readings,
        "records": [_source(records[experiment]) for experiment in asked],
    }  # fmt: skip


def claim_verdict(readings: Sequence[str]) -> str:
    """Of the verdicts of its readings."""
    measured = [verdict for verdict in readings if verdict != UNMEASURED]
    if not measured:
        return UNMEASURED
    if HOLDS not in measured and FAILS in measured:
        return FAILS
    return HOLDS if all(verdict == HOLDS for verdict in readings) else IN_PART


def reading_verdict(mean: float, low: float, high: float, op: str, bound: float) -> str:
    """Of a mean and its interval beside a bound."""
    beyond = BEYOND[op]
    worst = low if op.startswith(">") else high
    return HOLDS if beyond(worst, bound) else IN_PART if beyond(mean, bound) else FAILS


def _read(reading: Mapping[str, Any], records: Records, claim: str) -> dict[str, Any]:
    if "missing" in reading:
        return {**reading, "verdict": UNMEASURED}
    experiment = str(reading["experiment"])
    record = records.get(experiment)
    if record is None:
        return _unmeasured(
            reading, f"no record of {experiment}: npm run evidence -- {experiment} --tier full"
        )
    if record["tier"] != "full":
        return _unmeasured(reading, f"the record of {experiment} is of a smoke run")
    values = _values(reading, record, claim)
    if len(values) < FEWEST_SEEDS:
        return _unmeasured(
            reading, f"the record of {experiment} has {len(values)} paired seeds, {FEWEST_SEEDS} are needed"
        )
    interval = paired_interval(list(values.values()))
    mean, low, high = (_rounded(each) for each in (interval.mean, interval.low, interval.high))
    return {
        **reading, "sha256": record["sha256"], "seeds": list(values),
        "values": [_rounded(each) for each in values.values()],
        "mean": mean, "low": low, "high": high, "level": LEVEL,
        "verdict": reading_verdict(mean, low, high, str(reading["op"]), float(reading["bound"])),
    }  # fmt: skip


def _unmeasured(reading: Mapping[str, Any], missing: str) -> dict[str, Any]:
    return {"text": reading["text"], "missing": missing, "verdict": UNMEASURED}


def _values(reading: Mapping[str, Any], record: Mapping[str, Any], claim: str) -> dict[int, float]:
    """Seed -> measure, or difference to the baseline at the same seed."""
    ours = _of_arm(reading["arm"], reading["measure"], record, claim)
    if "baseline" not in reading:
        return ours
    theirs = _of_arm(reading["baseline"], reading["measure"], record, claim)
    return {seed: value - theirs[seed] for seed, value in ours.items() if seed in theirs}


def _of_arm(arm: str, measure: str, record: Mapping[str, Any], claim: str) -> dict[int, float]:
    results = [each["results"] for each in record["arms"] if each["name"] == arm]
    measured = {r["seed"]: r["measures"] for found in results for r in found}
    if not measured or not all(measure in each for each in measured.values()):
        raise ForgeError(
            "validation",
            f"{CLAIMS}: {claim} asks {record['experiment']} for {measure!r} of the arm {arm!r}; the record's"
            f" arms are {', '.join(each['name'] for each in record['arms'])}, and that arm's measures"
            f" {', '.join(sorted({name for each in measured.values() for name in each})) or 'none'}.",
        )
    return {seed: float(measures[measure]) for seed, measures in measured.items()}


def _rounded(value: float | None) -> float:
    """Nine digits, so that another machine's last bit changes no file; never None with enough seeds."""
    assert value is not None
    return float(f"{value:.9g}")


def _source(record: Mapping[str, Any]) -> dict[str, Any]:
    name, seeds = record["experiment"], ",".join(map(str, record["seeds"]))
    environment = record["environment"]
    return {
        "experiment": name, "sha256": record["sha256"], "seeds": record["seeds"],
        "codeHash": record["codeHash"], "machine": environment["machine"], "torch": environment["torch"],
        "threads": environment["threads"], "cpuSeconds": record["cpuSeconds"], "at": record["at"],
        "reproduce": f"npm run evidence -- {name} --tier full --seeds {seeds}",
    }  # fmt: skip
