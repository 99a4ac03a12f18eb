"""The targets of deployment: one file each, with an `ADAPTER` in it. A file put here is found by its name."""

import importlib
import pkgutil

from agent_forge.errors import ForgeError
from agent_forge.phases.deployment.adapter import Adapter


def targets() -> list[str]:
    """Names of the targets that there are: their files' names."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def adapter_of(target: str) -> Adapter:
    """The adapter of a target; no other one is imported.

    Raises:
        ForgeError(validation): there is none of this name.
        ForgeError(bug): its file has no ADAPTER, or one of another name.
    """
    if target not in targets():
        raise ForgeError(
            "validation", f"There is no target {target!r}; expected one of {', '.join(targets())}."
        )
    module = importlib.import_module(f"{__name__}.{target}")
    found = getattr(module, "ADAPTER", None)
    if not isinstance(found, Adapter) or found.target != target:
        raise ForgeError("bug", f"{module.__name__} has no ADAPTER for target {target!r}.")
    return found
