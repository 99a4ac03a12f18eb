"""What the stages of every phase do alike: find a job's work, and what the job was handed for it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import torch

from agent_forge.errors import ForgeError
from agent_forge.phase import InputModel, PhaseContext

T = TypeVar("T")


def run_stage(
    context: PhaseContext, phase: str, stages: Mapping[str, Callable[[PhaseContext], None]]
) -> None:
    """Do the work of one job of the stage that `context` names, with the threads that it names.

    Raises:
        ForgeError(validation): the phase has no such stage.
    """
    torch.set_num_threads(context.threads)
    stage = stages.get(context.stage.name)
    if stage is None:
        raise ForgeError(
            "validation",
            f"Phase {phase} has no stage {context.stage.name!r}; expected one of {', '.join(stages)}.",
        )
    stage(context)


def share_of(context: PhaseContext, shares: Sequence[T]) -> T:
    """What this child of an array works on.

    Args:
        shares: one per child, in the order of their index.

    Raises:
        ForgeError(validation): the job's index is none of theirs.
    """
    index = context.stage.index
    if index is None or not 0 <= index < len(shares):
        raise ForgeError(
            "validation",
            f"Stage {context.stage.name} got index {index}; expected 0 to {len(shares) - 1}.",
        )
    return shares[index]


def models_of(context: PhaseContext, stage: str, names: Sequence[str]) -> dict[str, Path]:
    """Folders of the models that the jobs of another stage left, by name.

    Raises:
        ForgeError(contract): one of `names` is not among them.
    """
    folders: dict[str, Path] = {}
    for output in context.stage_outputs(stage):
        folders.update(output.models)
    absent = [name for name in names if name not in folders]
    if absent:
        raise ForgeError("contract", f"Stage {stage} left no model {absent}; expected {list(names)}.")
    return {name: folders[name] for name in names}


def input_model(context: PhaseContext, phase: str) -> InputModel:
    """The one model that the phase works on; the base that its lineage may bring along is not meant.

    Raises:
        ForgeError(contract): there is none, or more than one.
    """
    given = list(context.input_models())
    meant = [model for model in given if model.role != "base"] or given
    if len(meant) != 1:
        raise ForgeError(
            "contract",
            f"Phase {phase} got {len(meant)} models to work on"
            f" ({', '.join(m.name for m in meant) or 'none'}); expected one. Merge them in"
            " phase 2, or name one as the run's input.",
        )
    return meant[0]
