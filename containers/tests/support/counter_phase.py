"""A real phase at toy size: a random walk of `steps` steps that checkpoints, measures and publishes models.

Every number it draws comes from torch's and Python's global generators, so a resume that forgets their state,
the step or the walk's position ends elsewhere. `learning_rate` is its stride; `warmup_steps` sleeps as many
milliseconds per step.
"""

import random
import time

import torch

from agent_forge.determinism import capture_random_state, restore_random_state
from agent_forge.phase import Parent, PhaseContext
from tests.support.toy_model import toy_tensors, write_toy_model


def run(context: PhaseContext) -> None:
    """Walk, then publish where the walk ended."""
    walk, first = _begin(context)
    steps = context.config["steps"]
    print("a library that prints does not disturb the events")  # noqa: T201 - that is the point
    for step in range(first, steps):
        walk = walk + context.config["learning_rate"] * torch.randn(4) * random.random()
        time.sleep(context.config["warmup_steps"] / 1000)
        context.tracker.training(step, {"loss": float(walk.square().mean()) + 1})
        context.tracker.progress(step + 1, steps, "walking")
        if context.checkpoints.due():
            resume = {"random": capture_random_state()}
            context.checkpoints.save(step + 1, {"walk": walk}, resume, {"norm": float(walk.norm())})
    context.tracker.record("walk/norm", float(walk.norm()), "1", source=__name__, step=steps)
    tensors = toy_tensors(context.seed)
    tensors["norm.weight"] = walk
    folder = write_toy_model(context.work / "model", tensors)
    context.publish_model("base", "base", folder, [])
    child = write_toy_model(context.work / "child", {**tensors, "norm.weight": walk * 1.01})
    context.publish_model("child", "variant", child, [Parent("continued-from", name="base")])


def _begin(context: PhaseContext) -> tuple[torch.Tensor, int]:
    checkpoint = context.checkpoints.latest()
    if checkpoint is None:
        context.tracker.record("walk/start", 0.0, "1", source=__name__)
        return torch.zeros(4), 0
    restore_random_state(checkpoint.resume["random"])
    return checkpoint.tensors["walk"], checkpoint.step
