"""What the rounds so far have left: a delta and its card per bake, and what comes next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor

from agent_forge.artifacts import JSON_TYPE, SAFETENSORS_TYPE, publish_json, read_json
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_model
from agent_forge.models.titan import TinyTitan
from agent_forge.models.weight_delta import add_delta
from agent_forge.phase import PhaseContext
from agent_forge.phases.baking.prompts import Bake

FIRST = Bake(0, 0)
VECTOR, CARD, STATE = "prompt-vector", "prompt-vector-card", "state"


@dataclass(frozen=True)
class Fresh:
    """Files of the bake that has just ended."""

    vector: Path
    card: Path


@dataclass(frozen=True)
class Oven:
    """Bakes in their order, the files of each, and the next bake.

    `retests` has a row per bake: the divergence in nats a token of each prompt baked by then.
    """

    done: tuple[Bake, ...] = ()
    files: tuple[Fresh, ...] = ()
    retests: tuple[Mapping[str, float], ...] = ()
    next: Bake | None = FIRST

    def with_fresh(self, fresh: Fresh) -> "Oven":
        """After the bake that was next."""
        assert self.next is not None
        return replace(self, done=(*self.done, self.next), files=(*self.files, fresh))

    def deltas(self) -> list[dict[str, Tensor]]:
        """The change of each bake."""
        return [load_file(each.vector) for each in self.files]

    def model(self, folder: Path, bakes: int, strength: float) -> TinyTitan:
        """The input model after the first so many bakes, evaluating, on the best device."""
        model = load_model(folder).eval()
        for delta in self.deltas()[:bakes]:
            add_delta(model, delta, strength)
        return model.to(best_device())

    def before(self, prompt: int) -> int:
        """How many bakes came before the first of this prompt: what its teacher is made of."""
        return next(place for place, each in enumerate(self.done) if each.prompt == prompt)


def read_fresh(context: PhaseContext) -> Fresh:
    """What the `bake` stage of this round left."""
    (output,) = context.stage_outputs("bake")
    return Fresh(output.artifacts[VECTOR], output.artifacts[CARD])


def read_oven(context: PhaseContext, stage: str) -> Oven:
    """From the outputs of `stage`, of the round before where it repeats; an empty one where there is none."""
    outputs = context.stage_outputs(stage)
    if not outputs:
        return Oven()
    state = read_json(outputs[0], STATE)
    found = outputs[0].artifacts
    files = (Fresh(found[f"{VECTOR}-{n}"], found[f"{CARD}-{n}"]) for n in range(len(state["done"])))
    following = None if state["next"] is None else Bake(**state["next"])
    return Oven(
        tuple(Bake(**each) for each in state["done"]), tuple(files), tuple(state["retests"]), following
    )


def publish_oven(context: PhaseContext, oven: Oven) -> None:
    """The state, and every delta again, so that a later stage finds all of them in the last round."""
    for place, files in enumerate(oven.files):
        context.publish_artifact(f"{VECTOR}-{place}", files.vector, SAFETENSORS_TYPE)
        context.publish_artifact(f"{CARD}-{place}", files.card, JSON_TYPE)
    state: dict[str, Any] = {
        "done": [vars(each) for each in oven.done],
        "next": None if oven.next is None else vars(oven.next),
        "retests": [dict(row) for row in oven.retests],
    }
    publish_json(context, STATE, state)


def read_card(files: Fresh) -> Any:
    """The card of a bake."""
    return json.loads(files.card.read_text(encoding="utf-8"))
