"""What the program is made of: a CycloneDX 1.6 document of installed Python packages and npm's lock file."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

Component = dict[str, Any]


def python_components() -> list[Component]:
    """Every installed distribution, by name."""
    found = {}
    for each in distributions():
        name, version = str(each.metadata["Name"]), each.version
        plain = name.lower().replace("_", "-")
        found[plain] = _component(name, version, f"pkg:pypi/{quote(plain)}@{quote(version)}")
    return [found[name] for name in sorted(found)]


def npm_components(lock: Path) -> list[Component]:
    """Every package of a package-lock.json (version 2 or 3); none without the file."""
    if not lock.is_file():
        return []
    packages: Mapping[str, Mapping[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    found = {}
    for path, each in packages.items():
        if "node_modules/" not in path or "version" not in each:
            continue
        name, version = path.rpartition("node_modules/")[2], str(each["version"])
        place = f"pkg:npm/{quote(name, safe='/')}@{quote(version)}"
        found[place] = _component(name, version, place)
        if "license" in each:
            found[place]["licenses"] = [{"license": {"name": str(each["license"])}}]
    return [found[place] for place in sorted(found)]


def bill(components: list[Component], name: str, version: str) -> dict[str, Any]:
    """The document; its serial number follows from its parts: the same parts give the same text."""
    digest = hashlib.sha256(json.dumps([name, version, components], sort_keys=True).encode()).digest()
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}",
        "metadata": {"component": {"type": "application", "name": name, "version": version, "bom-ref": name}},
        "components": components,
    }  # fmt: skip


def _component(name: str, version: str, place: str) -> Component:
    return {"type": "library", "name": name, "version": version, "purl": place, "bom-ref": place}
