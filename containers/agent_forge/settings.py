"""How every phase reads its settings: flat, complete and typed; `context.config` holds every key.

Defaults, bounds and the relations between settings stand in contracts/source/phases, where a run document is
refused before anything starts. Here only what cannot be built is refused.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from agent_forge.contracts import load_contract
from agent_forge.errors import ForgeError


@dataclass(frozen=True, kw_only=True)
class PhaseSettings:
    """Resolved settings of a phase: a subclass names its `slug` and has one field per setting."""

    slug: ClassVar[str]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read the resolved settings.

        Raises:
            ForgeError(validation): a key is missing or unknown, or nothing can be built from the values.
        """
        known = {field.name for field in fields(cls)}
        if set(document) != known:
            missing, unknown = sorted(known - set(document)), sorted(set(document) - known)
            raise ForgeError(
                "validation",
                f"Settings of phase {cls.slug}: missing {missing}, unknown {unknown};"
                f" expected exactly {sorted(known)}.",
            )
        settings = cls(**document)
        settings.require_buildable()
        return settings

    @classmethod
    def preset(cls, name: str) -> Self:
        """The settings of a named preset: the contract's defaults and what the preset changes.

        Raises:
            ForgeError(not_found): there is no such preset; names those that there are.
        """
        schema = load_contract(f"schemas/phases/{cls.slug}.schema.json")
        defaults = schema["$defs"][cls.slug]["properties"]
        presets = {
            entry["name"]: entry["config"].get(cls.slug, {})
            for entry in load_contract("presets.json")["presets"]
        }
        if name not in presets:
            raise ForgeError(
                "not_found", f"There is no preset {name!r}; expected one of {', '.join(presets)}."
            )
        return cls.of({key: entry["default"] for key, entry in defaults.items()} | presets[name])

    def require_buildable(self) -> None:
        """Refuse what cannot be built. A phase whose settings build a model overrides this.

        Raises:
            ForgeError(validation): says which values, and what is expected.
        """

    def to_json(self) -> dict[str, Any]:
        """The settings as a document."""
        return asdict(self)
