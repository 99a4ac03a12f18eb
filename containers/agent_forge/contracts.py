"""Documents that TypeScript and Python share: where their schemas lie and how one is checked."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent_forge.environment import contracts_override
from agent_forge.errors import ForgeError


def contracts_folder() -> Path:
    """The contracts folder: FORGE_CONTRACTS if set, beside the package (image), else the repository's.

    Raises:
        ForgeError(dependency): there is none.
    """
    package = Path(__file__).resolve().parent
    told = contracts_override()
    candidates = [Path(told)] if told else [package.parent / "contracts", package.parents[1] / "contracts"]
    for folder in candidates:
        if (folder / "schemas").is_dir():
            return folder
    raise ForgeError(
        "dependency",
        f"No contracts folder with schemas/ at {' or '.join(map(str, candidates))}; set FORGE_CONTRACTS.",
    )


def load_contract(name: str) -> Any:
    """A JSON document of the contracts folder, by its path below it, for example `phases.json`."""
    return json.loads((contracts_folder() / name).read_text(encoding="utf-8"))


def validate(document: Any, schema: str, *, kind: str, where: str) -> None:
    """Check a document against `schemas/<schema>.schema.json`.

    Args:
        document: what json.loads returned.
        schema: for example `task-spec` or `phases/cognate`.
        kind: error kind when it does not fit: `validation` for what was sent, `corrupt` for our own store.
        where: address of the document, for the message.

    Raises:
        ForgeError(kind): names the first misfits by JSON pointer.
    """
    problems = [
        f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in _validator(str(contracts_folder()), schema).iter_errors(document)
    ]
    if problems:
        raise ForgeError(
            kind,
            f"{where} does not fit contracts/schemas/{schema}.schema.json: {'; '.join(problems[:3])}",
            {"schema": schema, "where": where, "problems": problems[:20]},
        )


def canonical_json(document: Any) -> bytes:
    """One byte string per document (sorted keys, no spaces, finite numbers): the thing that is hashed.

    Raises:
        ForgeError(numeric): a number is NaN or infinite, which JSON cannot carry.
    """
    try:
        text = json.dumps(
            document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except ValueError as error:
        raise ForgeError("numeric", f"A document holds a number that is not finite ({error}).") from error
    return text.encode("utf-8")


@lru_cache(maxsize=64)
def _validator(folder: str, schema: str) -> Any:
    # jsonschema costs 0.1 s to import; a process that only prints its help never needs it.
    from jsonschema import Draft202012Validator

    path = Path(folder) / "schemas" / f"{schema}.schema.json"
    if not path.is_file():
        raise ForgeError("dependency", f"Schema {schema!r} is missing: expected {path}.")
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
