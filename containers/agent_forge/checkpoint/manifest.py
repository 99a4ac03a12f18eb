"""Checkpoint manifests and the pointer to the newest: names, and how a changed bit in them is noticed.

A manifest is named by its step and by its own SHA-256, so it verifies itself. The pointer is replaced in
place and so carries a seal: the SHA-256 of its other members.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from agent_forge.contracts import canonical_json, validate
from agent_forge.errors import ForgeError

POINTER = "latest.json"
_NAME = re.compile(r"^manifests/(\d{10})-([0-9a-f]{64})\.json$")


@dataclass(frozen=True)
class ManifestName:
    """Where a manifest lies below the job's prefix, for example `manifests/0000000012-<sha256>.json`."""

    step: int
    sha256: str

    @property
    def path(self) -> str:
        """Path below the checkpoint prefix."""
        return f"manifests/{self.step:010d}-{self.sha256}.json"


def parse_manifest_name(path: str) -> ManifestName | None:
    """The name's parts, or None when the path is not a manifest's."""
    match = _NAME.match(path)
    return ManifestName(int(match[1]), match[2]) if match else None


def encode_manifest(document: dict[str, Any]) -> tuple[ManifestName, bytes]:
    """Name and bytes of a manifest.

    Raises:
        ForgeError(bug): the phase's resume state or metrics do not fit the schema.
        ForgeError(numeric): a number in them is not finite.
    """
    data = canonical_json(document)
    # What was parsed back is checked, not what was given: tuples and integer keys are different things in
    # JSON.
    validate(json.loads(data), "checkpoint-manifest", kind="bug", where="a new checkpoint manifest")
    return ManifestName(document["step"], hashlib.sha256(data).hexdigest()), data


def decode_manifest(name: ManifestName, data: bytes) -> dict[str, Any]:
    """A manifest whose bytes are what its name says.

    Raises:
        ForgeError(corrupt): they are not, or the step in the name is not the manifest's.
    """
    found = hashlib.sha256(data).hexdigest()
    if found != name.sha256:
        raise ForgeError("corrupt", f"{name.path} has SHA-256 {found}, not the one in its name.")
    document: dict[str, Any] = json.loads(data)
    validate(document, "checkpoint-manifest", kind="corrupt", where=name.path)
    if document["step"] != name.step:
        raise ForgeError("corrupt", f"{name.path} is the manifest of step {document['step']}.")
    return document


def encode_pointer(name: ManifestName, order: tuple[int, int, int, int]) -> bytes:
    """The sealed pointer to a manifest, with the `JobIdentity.order` of who moved it there."""
    body = {
        "schemaVersion": 1,
        "manifest": name.path,
        "step": name.step,
        "execution": order[0],
        "round": order[1],
        "phaseAttempt": order[2],
        "attempt": order[3],
    }
    return canonical_json({**body, "seal": _seal(body)})


def decode_pointer(data: bytes) -> tuple[ManifestName, tuple[int, int, int, int]]:
    """The manifest a pointer names, and who moved it there.

    Raises:
        ForgeError(corrupt): a bit of it has changed.
    """
    try:
        document = json.loads(data)
        body = {key: value for key, value in document.items() if key != "seal"}
        name = parse_manifest_name(body["manifest"]) if document["seal"] == _seal(body) else None
    except (ValueError, KeyError, AttributeError, TypeError, ForgeError):
        name = None
    if name is None:
        raise ForgeError("corrupt", f"{POINTER} does not carry the seal of its content.")
    return name, (
        body["execution"],
        body.get("round", 0),
        body.get("phaseAttempt", 1),
        body["attempt"],
    )


def _seal(body: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(body)).hexdigest()
