"""The pack's first page and its manifest: every file with its status and hash."""

import json
from collections.abc import Mapping, Sequence
from html import escape

from agent_forge.automotive.pack.files import STATUSES, TITLE, PackFile
from agent_forge.automotive.pack.signature import digest_of

INDEX, MANIFEST = "evidence-index.html", "evidence-manifest.json"
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;color:#111;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}code{overflow-wrap:anywhere}@media print{body{margin:0}}"
)


def index_page(files: Sequence[PackFile], texts: Mapping[str, str], facts: Mapping[str, str]) -> str:
    """One HTML page without anything from outside, fit to be printed."""
    rows = "\n".join(
        f"<tr><td>{escape(each.name)}</td><td>{each.status}</td><td>{len(each.records)}</td>"
        f"<td><code>{digest_of(texts[each.name])}</code></td></tr>"
        for each in files
    )
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Evidence pack</title>'
        f"<style>{STYLE}</style></head><body>\n<h1>Evidence pack</h1>\n<p><strong>{TITLE}</strong></p>\n"
        "<p>A small text model is not a perception network: what is shown here is the program around a model"
        " that validates, bounds, infers, monitors, falls back and leaves evidence.</p>\n"
        f"<dl>{told}</dl>\n<table><caption>Files</caption><thead><tr><th>file</th><th>status</th>"
        f"<th>metric records</th><th>SHA-256</th></tr></thead><tbody>\n{rows}\n</tbody></table>\n"
        "</body></html>\n"
    )


def manifest(files: Sequence[PackFile], texts: Mapping[str, str]) -> str:
    """Every file of the pack, the index included, with its hash; and how many there are of each status."""
    listed = [
        {"name": each.name, "status": each.status, "records": len(each.records),
         "sha256": digest_of(texts[each.name])}
        for each in files
    ]  # fmt: skip
    counted = {status: sum(each.status == status for each in files) for status in STATUSES}
    document = {
        "title": TITLE, "counts": counted, "files": listed,
        "index": {"name": INDEX, "sha256": digest_of(texts[INDEX])},
    }  # fmt: skip
    return json.dumps(document, indent=1) + "\n"
