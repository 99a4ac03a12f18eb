"""`python -m agent_forge evidence ID`: run experiments, write their records, bring the claims up to date."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

from agent_forge.errors import ForgeError, classify
from agent_forge.experiments.experiment import Tier

LEDGER_ONLY = "claims"
USUAL_SEEDS = [1, 2, 3]


class Ledgers(NamedTuple):
    """Files that are written from the records: for people, and for the API."""

    claims: Path
    verdicts: Path


def run_evidence(name: str, tier: Tier, seeds: str | None, folder: Path, ledgers: Ledgers) -> int:
    """One command; the exit code. A failed verdict is a result like any other and exits 0.

    Args:
        name: an experiment's id, a group of them, `all`, or `claims` to write the ledgers from the records
            that are there.
        seeds: whole numbers with commas in between; None for those of each experiment's full record, so that
            it is made again, or 1,2,3.
        folder: where records are.
        ledgers: written from the records after a full run.
    """
    try:
        if name != LEDGER_ONLY:
            _run(name, tier, None if seeds is None else _parsed(seeds), folder)
        if name == LEDGER_ONLY or tier == "full":
            from agent_forge.experiments.claims import write_claims

            write_claims(folder, ledgers.claims, ledgers.verdicts)
    except Exception as error:
        failure = classify(error)
        sys.stderr.write(f"agent_forge: {failure.kind}: {failure.message}\n")
        return failure.exit_code
    return 0


def _run(name: str, tier: Tier, seeds: list[int] | None, folder: Path) -> None:
    from agent_forge.experiments.catalogue import experiments_of, load_experiment

    names = experiments_of(name)
    # Imported here: a misspelt id must not wait for torch.
    from agent_forge.experiments.record import recorded_seeds, write_record
    from agent_forge.experiments.runner import run_experiment, to_stderr

    for each in names:
        chosen = seeds or recorded_seeds(folder, each) or USUAL_SEEDS
        record = run_experiment(load_experiment(each), tier, chosen, to_stderr)
        path = write_record(record, folder)
        summary = {"experiment": each, "tier": tier, "verdict": record["verdict"], "record": str(path)}
        sys.stdout.write(json.dumps(summary) + "\n")


def _parsed(seeds: str) -> list[int]:
    parts = [part.strip() for part in seeds.split(",")]
    if not all(part.isdecimal() for part in parts) or len(set(parts)) != len(parts):
        raise ForgeError(
            "validation",
            f"--seeds is {seeds!r}; expected different whole numbers with commas, for example 1,2,3.",
        )
    return [int(part) for part in parts]
