"""docs/claims.md and contracts/claim-verdicts.json, written from the records alone: no number was typed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_forge.experiments.catalogue import PACKAGES, load_experiment
from agent_forge.experiments.experiment import Experiment
from agent_forge.experiments.inherited import inherited_part
from agent_forge.experiments.record import read_record
from agent_forge.experiments.verdicts import verdicts_text

HEADER = """# Claims

Written by `npm run evidence -- claims` from `contracts/claims.json` and the records in `evidence/`; do not
edit. The API has the first part at `GET /v1/claims`, the command line at `npx forge claims list`.
"""
EXPERIMENTS = """## Experiments

Each experiment's claim was stated with its bounds before it was measured. A verdict needs a full budget and
at least three seeds; *held* means that every must-line held. Claims that failed stay here, and so do
those that nobody has measured yet.
"""


def render_claims(
    records: list[dict[str, Any]],
    inherited: Sequence[Mapping[str, Any]],
    unmeasured: Sequence[Experiment] = (),
) -> str:
    """The ledger: inherited claims with their verdicts, an overview of experiments, a section for each.

    Args:
        records: of full runs.
        inherited: the claims of contracts/claim-verdicts.json.
        unmeasured: experiments that are written and have no full record.
    """
    rows = "\n".join([*map(_overview, records), *map(_without_record, unmeasured)])
    overview = f"| id | claim | verdict | record (SHA-256) |\n| --- | --- | --- | --- |\n{rows}\n"
    parts = [HEADER, inherited_part(inherited), EXPERIMENTS, overview]
    return "\n".join([*parts, *(_section(record) for record in records)])


def write_claims(folder: Path, ledger: Path, verdicts: Path) -> None:
    """Read every full record below `folder`, check its hash, write both files."""
    records = [read_record(path) for path in sorted(folder.glob("*/full.json"))]
    judged = verdicts_text(records)
    measured = {record["experiment"] for record in records}
    unmeasured = [load_experiment(name) for name in PACKAGES if name not in measured]
    text = render_claims(records, json.loads(judged)["claims"], unmeasured)
    for path, content in ((verdicts, judged), (ledger, text)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _overview(record: Mapping[str, Any]) -> str:
    name = record["experiment"]
    link = f"[`{record['sha256'][:12]}`](../evidence/{name}/full.json)"
    return f"| {name} | {record['claim']} | **{record['verdict']}** | {link} |"


def _without_record(experiment: Experiment) -> str:
    command = f"`npm run evidence -- {experiment.id} --tier full`"
    return f"| {experiment.id} | {experiment.claim} | **not measured** | none; {command} |"


def _section(record: Mapping[str, Any]) -> str:
    metric = record["metric"]
    environment, budget = record["environment"], record["budget"]
    name, code, configuration = record["experiment"], record["codeHash"][:12], record["configHash"][:12]
    parts = [
        f"### {name} {record['title']}\n",
        f"{record['claim']} Source: {record['source']}. Metric: {metric} ({record['direction']} is better);"
        f" baseline: {record['baseline']}; seeds: {_list(record['seeds'])}."
        f" Verdict: **{record['verdict']}**.\n",
        *([f"{record['notes']}\n"] if record["notes"] else []),
        _table(("bound", "level", "measured per seed", "held on", "status"), map(_line, record["lines"])),
        _table(("arm", "", f"{metric} per seed", "CPU-s"), (_arm(arm, metric) for arm in record["arms"])),
        _table(
            ("difference", "measure", "mean", "95 % interval", "seeds"),
            map(_difference, record["comparisons"]),
        ),
        f"Budget: {', '.join(f'{key} {value}' for key, value in sorted(budget.items()))}. torch"
        f" {environment['torch']}, {environment['threads']} thread, {environment['device']};"
        f" {record['cpuSeconds']} CPU-s in all; measured {record['at'][:10]}. Code `{code}`, configuration"
        f" `{configuration}`, record `{record['sha256']}`.\n",
    ]
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)]
    return "\n".join(lines) + "\n"


def _line(line: Mapping[str, Any]) -> tuple[str, ...]:
    held = f"{line['held']} of {len(line['values'])} ({line['needed']} needed)"
    return line["text"], line["level"], _list(line["values"]), held, line["status"]


def _arm(arm: Mapping[str, Any], metric: str) -> tuple[str, ...]:
    values = [result["measures"][metric] for result in arm["results"]]
    seconds = sum(result["cpuSeconds"] for result in arm["results"])
    return arm["name"], arm["description"], _list(values), f"{seconds:.0f}"


def _difference(difference: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = difference["low"], difference["high"]
    interval = "too few seeds" if low is None else f"{_number(low)} to {_number(high)}"
    name = f"{difference['arm']} minus {difference['baseline']}"
    return name, difference["measure"], _number(difference["mean"]), interval, str(len(difference["seeds"]))


def _list(values: list[float]) -> str:
    return ", ".join(_number(value) for value in values)


def _number(value: float) -> str:
    return f"{value:.4g}"
