"""The record of a run of an experiment: written once, with the hash of its own text.

The hash covers the file's text with the value of "sha256" left empty, so that any language can check it
without agreeing on how numbers are written.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_forge.contracts import validate
from agent_forge.errors import ForgeError

SCHEMA = "evidence-record"
PACKAGE = Path(__file__).resolve().parents[1]
SHARED_SOURCES = (
    "models",
    "determinism.py",
    "training",
    "data/packing.py",
    *(f"evaluation/{name}.py" for name in ("packed_size", "timing")),
    *(f"experiments/{name}.py" for name in ("experiment", "runner", "judge", "intervals")),
)


def sealed_text(record: Mapping[str, Any]) -> str:
    """The file's text, hash included."""
    empty = _text({**record, "sha256": ""})
    return _text({**record, "sha256": hashlib.sha256(empty.encode()).hexdigest()})


def write_record(record: Mapping[str, Any], folder: Path) -> Path:
    """Write `<folder>/<ID>/<tier>.json`; returns its path."""
    text = sealed_text(record)
    path = folder / str(record["experiment"]) / f"{record['tier']}.json"
    validate(json.loads(text), SCHEMA, kind="bug", where=str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read_record(path: Path) -> dict[str, Any]:
    """Read a record and check its form and hash.

    Raises:
        ForgeError(corrupt): it does not fit the schema, or its text is not the one that was hashed.
    """
    text = path.read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    validate(document, SCHEMA, kind="corrupt", where=str(path))
    stated = document["sha256"]
    found = hashlib.sha256(text.replace(f'"sha256": "{stated}"', '"sha256": ""').encode()).hexdigest()
    if found != stated:
        raise ForgeError(
            "corrupt",
            f"{path} states SHA-256 {stated}, its text gives {found}. A record is never edited:"
            f" run the experiment again (npm run evidence -- {document['experiment']} --tier full).",
        )
    return document


def recorded_seeds(folder: Path, name: str) -> list[int]:
    """Seeds of an experiment's full record; none where there is none."""
    path = folder / name / "full.json"
    return list(read_record(path)["seeds"]) if path.exists() else []


def source_hashes(own: Path, parts: Sequence[str] = ()) -> dict[str, str]:
    """SHA-256 of every file that the measured numbers depend on, by path below the package.

    Args:
        own: the experiment's folder.
        parts: further folders or files of the package.
    """
    own = own.resolve()
    shared = [PACKAGE / name for name in (*SHARED_SOURCES, *parts)]
    files = sorted({f for part in [own, *shared] for f in (_sources(part) if part.is_dir() else [part])})
    roots = {f: PACKAGE if f.is_relative_to(PACKAGE) else own.parent for f in files}
    return {
        f.relative_to(root).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
        for f, root in roots.items()
    }


def _sources(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.suffix in (".py", ".c")]


def _text(record: Mapping[str, Any]) -> str:
    return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
