"""The 17 files of the pack, how each is written, and the title that each carries."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_forge.automotive.pack.never_claimed import refuse_claims
from agent_forge.errors import ForgeError

TITLE = "Evidence generated to support a safety assessment. Not a certificate, not a statement of conformity."
MEASURED, DECLARED, TEMPLATE = "measured", "declared-by-user", "template-not-filled"
STATUSES = (MEASURED, DECLARED, TEMPLATE)
NAMES = {
    "01": "01-element-definition.json", "02": "02-requirements.csv", "03": "03-trace-matrix.csv",
    "04": "04-lineage.json", "05": "05-data-spec.json", "06": "06-performance.json",
    "07": "07-robustness.json", "08": "08-latency.json", "09": "09-memory-determinism.json",
    "10": "10-ood-monitor.json", "11": "11-input-validation.json", "12": "12-runtime-contract.json",
    "13": "13-hazard-notes.json", "14": "14-tool-confidence.json", "15": "15-sbom.json",
    "16": "16-signature.json", "17": "17-change-impact.json",
}  # fmt: skip
MEDIA = {"json": "application/json", "csv": "text/csv"}
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PackFile:
    """One file.

    Args:
        number: one of `NAMES`.
        status: one of `STATUSES`.
        content: an object, or the rows of a table.
        records: ids of the metric records behind what is measured.
    """

    number: str
    status: str
    content: Mapping[str, Any] | Rows
    records: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse a file that says it is measured and names no record.

        Raises:
            ForgeError(bug): so it is.
        """
        if (self.status == MEASURED) != bool(self.records):
            raise ForgeError("bug", f"{self.name} is {self.status} with {len(self.records)} metric records.")

    @property
    def name(self) -> str:
        """Of the file."""
        return NAMES[self.number]

    @property
    def media_type(self) -> str:
        """Of the file."""
        return MEDIA[self.name.rpartition(".")[2]]

    def text(self) -> str:
        """What is written.

        Raises:
            ForgeError(validation): it claims what is never claimed.
        """
        made = self._object() if isinstance(self.content, Mapping) else self._table(self.content)
        refuse_claims(self.name, made)
        return made

    def _object(self) -> str:
        assert isinstance(self.content, Mapping)
        head = {"title": TITLE, "file": self.name, "status": self.status, "records": list(self.records)}
        if "bomFormat" in self.content:
            # A bill of materials stays one that other programs read: what is ours are properties of it.
            told = [{"name": f"agent-forge:{k}", "value": json.dumps(v)} for k, v in head.items()]
            metadata = {**self.content["metadata"], "properties": told}
            return json.dumps({**self.content, "metadata": metadata}, indent=1, ensure_ascii=False) + "\n"
        return json.dumps({**head, "content": self.content}, indent=1, ensure_ascii=False) + "\n"

    def _table(self, rows: Rows) -> str:
        out = io.StringIO()
        out.write(f"# {TITLE}\n# status: {self.status}\n")
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()
