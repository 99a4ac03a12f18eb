"""The part of docs/claims.md about claims that were inherited: what was said, what the records say."""

from collections.abc import Mapping, Sequence
from typing import Any

HEADER = """## Inherited claims

What was said of this product, or of a method that it uses, before it could measure. Every claim is taken
apart into readings with a baseline and a bound. A reading *holds* where its whole 95 % interval over at least
three paired seeds lies beyond the bound, *holds in part* where only the mean does. A claim holds where all of
its readings do, and does not where one fails and none holds; a reading without a record keeps it from
holding. `contracts/claims.json` has the claims, `contracts/claim-verdicts.json` what the records say to them.
"""


def inherited_part(claims: Sequence[Mapping[str, Any]]) -> str:
    """An overview and a section per claim, from contracts/claim-verdicts.json."""
    rows = "\n".join(_overview(claim) for claim in claims)
    overview = f"| claim | as inherited | verdict | records (SHA-256) |\n| --- | --- | --- | --- |\n{rows}\n"
    return "\n".join([HEADER, overview, *(_section(claim) for claim in claims)])


def _overview(claim: Mapping[str, Any]) -> str:
    records = ", ".join(_link(each["experiment"], each["sha256"]) for each in claim["records"])
    return f"| {claim['id']} | {claim['claim']} | **{claim['verdict']}** | {records or '-'} |"


def _link(experiment: str, sha256: str) -> str:
    return f"{experiment} [`{sha256[:12]}`](../evidence/{experiment}/full.json)"


def _section(claim: Mapping[str, Any]) -> str:
    switch = claim.get("switch")
    default = f" Default of `{switch['phase']}.{switch['setting']}`: off until it holds." if switch else ""
    rows = "\n".join(_reading(each) for each in claim["readings"])
    commands = "".join(f"\n    {each['reproduce']}" for each in claim["records"])
    return (
        f"### {claim['id']}\n\n{claim['claim']} Source: {claim['source']}. Metric: {claim['metric']};"
        f" baseline: {claim['baseline']}. Rule: {claim['rule']}{default} Verdict: **{claim['verdict']}**.\n\n"
        "| reading | measured | bound | mean | 95 % interval | seeds | verdict |\n"
        f"| --- | --- | --- | --- | --- | --- | --- |\n{rows}\n"
        + (f"\nMade again by:\n{commands}\n" if commands else "")
    )


def _reading(reading: Mapping[str, Any]) -> str:
    if "sha256" not in reading:
        return f"| {reading['text']} | missing: {reading['missing']} | | | | | {reading['verdict']} |"
    arms = reading["arm"] + (f" minus {reading['baseline']}" if "baseline" in reading else "")
    low, high = _number(reading["low"]), _number(reading["high"])
    seeds = ", ".join(map(str, reading["seeds"]))
    return (
        f"| {reading['text']} | {reading['experiment']} {arms}: {reading['measure']}"
        f" | {reading['op']} {_number(reading['bound'])} | {_number(reading['mean'])} | {low} to {high}"
        f" | {seeds} | {reading['verdict']} |"
    )


def _number(value: float) -> str:
    return f"{value:.4g}"
