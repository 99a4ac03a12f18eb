"""Which module runs a phase. `contracts/phases.json` says the same (`available`); a test compares."""

import importlib
from collections.abc import Mapping

from agent_forge.errors import ForgeError
from agent_forge.phase import Phase

PHASES: Mapping[str, str] = {
    "cognate": "agent_forge.phases.cognate.phase",
    "evomerge": "agent_forge.phases.evomerge.phase",
    "quiet-star": "agent_forge.phases.quiet_star.phase",
    "bitnet": "agent_forge.phases.bitnet.phase",
    "training": "agent_forge.phases.training.phase",
    "baking": "agent_forge.phases.baking.phase",
    "deployment": "agent_forge.phases.deployment.phase",
    "compression": "agent_forge.phases.compression.phase",
}


def load_phase(slug: str, phases: Mapping[str, str] = PHASES) -> Phase:
    """Import the module of a phase, and only that one.

    Args:
        slug: for example `quiet-star`.
        phases: slug to module name.

    Raises:
        ForgeError(dependency): this image does not run that phase.
    """
    if slug not in phases:
        raise ForgeError(
            "dependency", f"This image does not run phase {slug!r}; it runs {', '.join(phases)}."
        )
    module: Phase = importlib.import_module(phases[slug])
    return module
