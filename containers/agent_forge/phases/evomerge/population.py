"""What every job of the phase is handed again: the input models, the texts and what all of it is measured
with.

The first stage writes it once, so that no later job splits a corpus or measures a base for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_forge.artifacts import read_json, read_tensors
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.evaluation.held_out import HeldOut
from agent_forge.phase import InputModel, PhaseContext
from agent_forge.phases.evomerge.fitness import Measures
from agent_forge.phases.evomerge.generation import Search
from agent_forge.phases.evomerge.genome import Pool

STREAMS, SETUP, STATE, PROBES, OUTCOMES = "streams", "setup", "state", "probes", "outcomes"
SCREEN, RESCORE, REPORT = (
    "screen",
    "rescore",
    "report",
)  # two streams of the fitness split, one of the report's
BASE = "base"


@dataclass(frozen=True)
class Inputs:
    """The registered models: what is merged, and their common base."""

    variants: Sequence[InputModel]
    base: InputModel

    @staticmethod
    def of(context: PhaseContext) -> "Inputs":
        """Sort the input models by role.

        Raises:
            ForgeError(contract): fewer than three models to merge, or no base to measure against.
        """
        models = context.input_models()
        variants = [model for model in models if model.role != BASE]
        base = next((model for model in models if model.role == BASE), None)
        if len(variants) < 3:
            raise ForgeError(
                "contract",
                f"EvoMerge got {len(variants)} models to merge ({[m.name for m in variants]}); expected at"
                " least 3.",
            )
        if base is None:
            raise ForgeError(
                "contract",
                f"EvoMerge was handed no model with the role {BASE!r} beside {[m.name for m in variants]};"
                " task vectors are taken from the common base and fitness is measured against it. Register"
                " the base.",
            )
        return Inputs(variants, base)

    def folders(self, context: PhaseContext) -> dict[str, Path]:
        """Folder of each model by name, the base first."""
        return {model.name: context.model(model.name) for model in (self.base, *self.variants)}


@dataclass(frozen=True)
class Setup:
    """What the first stage found: the pool, the splits, and the figures of base and parents on the screen."""

    pool: Pool
    splits: Mapping[str, Any]
    measures: Mapping[str, Measures]
    base_name: str

    def to_json(self) -> dict[str, Any]:
        """The setup as a document; round-trips through `from_json`."""
        return {
            "models": list(self.pool.models), "numLayers": self.pool.num_layers,
            "methods": list(self.pool.methods), "splits": dict(self.splits), "base": self.base_name,
            "measures": {name: measures.to_json() for name, measures in self.measures.items()},
        }  # fmt: skip

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Setup":
        """Read what `to_json` wrote."""
        pool = Pool(tuple(document["models"]), document["numLayers"], tuple(document["methods"]))
        measures = {name: Measures(**values) for name, values in document["measures"].items()}
        return Setup(pool, document["splits"], measures, document["base"])

    @property
    def base(self) -> Measures:
        """The figures of the base: what counts as 1."""
        return self.measures[self.base_name]


def read_setup(context: PhaseContext) -> Setup:
    """What stage `found` left."""
    return Setup.from_json(read_json(context.stage_outputs("found")[0], SETUP))


def read_search(context: PhaseContext) -> Search:
    """The state to go on from: the last selection's, before the first one the founding's."""
    selected = context.stage_outputs("select")
    source = selected[0] if selected else context.stage_outputs("found")[0]
    return Search.from_json(read_json(source, STATE))


def read_stream(context: PhaseContext, name: str, folder: Path) -> HeldOut:
    """An encoded stream with the tokenizer's bytes.

    Args:
        folder: a model folder with the tokenizer that encoded it.
    """
    streams = read_tensors(context.stage_outputs("found")[0], STREAMS)
    return HeldOut.of(streams[name], TextTokenizer.of(folder))
