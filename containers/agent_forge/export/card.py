"""The model card: README.md with front matter, lineage and figures, each with the record it was read from."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agent_forge.export.backbone import is_exact
from agent_forge.export.source import Source
from agent_forge.export.standard import Standard

MOST_FIGURES = 200
MEASURED = "measured.json"


@dataclass(frozen=True)
class Card:
    """Of one folder. `standard` and `why_not` tell of the plain folder in both cards."""

    form: Literal["full", "standard", "gguf", "onnx"]
    source: Source
    standard: Standard | None
    why_not: str | None


def write_card(folder: Path, card: Card) -> None:
    """README.md, and the record of what was measured at export, where there is one."""
    if card.standard is not None and card.standard.figures is not None:
        record = json.dumps(card.standard.figures, indent=2, sort_keys=True)
        (folder / MEASURED).write_text(record + "\n", "utf-8")
    (folder / "README.md").write_text("\n".join([*_front_matter(card), *_body(card)]) + "\n", "utf-8")


def _front_matter(card: Card) -> Iterator[str]:
    record = card.source.record or {}
    licences = sorted({each["licence"] for each in record.get("licences", [])})
    corpora = sorted({each["name"] for each in record.get("licences", []) if each["of"] == "corpus"})
    parents = record.get("lineage", {}).get("parents", [])
    yield "---"
    yield "license: other"
    yield f"license_name: {_scalar(', '.join(licences) or 'not noted')}"
    yield f"library_name: {card.form if card.form in ('gguf', 'onnx') else 'transformers'}"
    yield "pipeline_tag: text-generation"
    if bases := [each["reference"] for each in parents if each.get("reference")]:
        yield f"base_model: [{', '.join(_scalar(name) for name in bases)}]"
        yield f"base_model_relation: {'merge' if len(bases) > 1 else 'finetune'}"
    if corpora:
        yield f"datasets: [{', '.join(_scalar(name) for name in corpora)}]"
    yield f"tags: [{', '.join(_tags(card))}]"
    yield "---"
    yield ""


def _tags(card: Card) -> Iterator[str]:
    config = card.source.model.config
    yield "agent-forge"
    if config.quant.enabled:
        yield "bitnet"
    if card.form == "full":
        yield "custom_code"


def _body(card: Card) -> Iterator[str]:
    source = card.source
    yield f"# {_text(source.name)} ({card.form})"
    yield ""
    yield f"Weights as registered: SHA-256 `{source.weights_hash}`."
    yield ""
    if card.form == "full":
        yield "The whole model. Its code lies in this folder: load it with `trust_remote_code=True`, or"
        yield "import `agent_forge.export.remote_code.register` and call `register()` first."
    else:
        what = "The graph" if card.form == "onnx" else "The plain transformer inside the model"
        yield f"{what}: not the model itself where the table below says so."
    yield from _standard_part(card)
    yield from _lineage(card)
    yield from _figures(card)


def _standard_part(card: Card) -> Iterator[str]:
    yield ""
    yield "## As a plain transformer"
    yield ""
    if card.standard is None:
        yield f"Not exported. {_text(card.why_not or '')}"
        return
    standard = card.standard
    yield "| property | carried | how |"
    yield "| --- | --- | --- |"
    for each in standard.properties:
        yield f"| {each.name} | {each.verdict} | {each.why} |"
    yield ""
    if standard.figures is None:
        yield "Bits per byte: not measured, no text was given."
    else:
        yield from _measured(standard.figures)
    if card.form != "onnx" and not is_exact(standard.properties):
        yield ""
        yield f"The last block stands here {standard.depth} times."


def _measured(figures: dict[str, Any]) -> Iterator[str]:
    text = figures["text"]
    yield "| | bits per byte |"
    yield "| --- | ---: |"
    for label in ("full", "standard", "loss"):
        yield f"| {label} | {figures[label]:.4f} |"
    yield ""
    yield (
        f"Measured at export over {figures['tokens']} tokens ({figures['bytes']} bytes) of the text with"
        f" SHA-256 `{text['sha256']}`. Record `{figures['record']}`: `{MEASURED}` beside this card."
    )


def _lineage(card: Card) -> Iterator[str]:
    yield ""
    yield "## Lineage"
    yield ""
    if card.source.record is None:
        yield "Not known: exported from a folder without a registry's record."
        return
    record = card.source.record
    identity, lineage = record["identity"], record["lineage"]
    run = identity["run"]["id"] if identity.get("run") else "none (imported)"
    yield f"- id `{identity['id']}`, phase {identity.get('phase') or 'none'}, run `{run}`"
    for parent in lineage["parents"]:
        name = parent.get("reference") or parent["modelId"]
        yield f"- {parent['relation']} `{name}`, weight {parent['weight']}"
    for ancestor in lineage["ancestors"]:
        yield f"- ancestor `{ancestor.get('reference') or ancestor['modelId']}`"


def _figures(card: Card) -> Iterator[str]:
    yield ""
    yield "## Measured figures"
    yield ""
    metrics = (card.source.record or {}).get("metrics", [])
    if not metrics:
        yield "None are on record."
        return
    yield (
        "They are of the whole model."
        if card.form == "full"
        else "They are of the whole model, not of this folder."
    )
    yield ""
    yield "| figure | split | value | unit | record |"
    yield "| --- | --- | ---: | --- | --- |"
    for each in metrics[:MOST_FIGURES]:
        measured = each["measured"]
        yield (
            f"| {_text(each['name'])} | {_text(each['split'] or '')} | {measured['value']!r} |"
            f" {_text(measured['unit'])} | `{measured['metric']}` |"
        )
    if len(metrics) > MOST_FIGURES:
        yield ""
        yield f"{len(metrics) - MOST_FIGURES} more are on record."


def _scalar(text: str) -> str:
    """Any text as a YAML scalar: JSON's strings are YAML's."""
    return json.dumps(text)


def _text(value: str) -> str:
    """Text of others on one line of a table."""
    return " ".join(value.split()).replace("|", "\\|").replace("<", "&lt;")
