"""One loop for every training: AdamW, clipping, checkpoints, bit-identical resume; the objective is given."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import torch
from torch import nn

from agent_forge.data.packing import Batch
from agent_forge.errors import ForgeError, classify
from agent_forge.phase import PhaseContext
from agent_forge.training.endured import MAX_HALVINGS, Endured
from agent_forge.training.micro_batches import Found, accumulate, rows_at_once
from agent_forge.training.objective import Objective
from agent_forge.training.schedule import Schedule
from agent_forge.training.shared_gradient import shared_gradient
from agent_forge.training.training_state import Training


class Batches(Protocol):
    """Anything that gives the batch of a step."""

    def batch(self, step: int) -> Batch: ...


@dataclass(frozen=True)
class Recipe:
    """Everything about a training that is not data. Steps `first` up to `last` of the schedule are done.

    Args:
        precision: of matrix products; bfloat16 trains under autocast.
        enough: asked after each step with the number of steps done; where it says so the training ends early.
    """

    schedule: Schedule
    first: int
    last: int
    weight_decay: float
    grad_clip: float
    log_every: int
    objective: Objective
    precision: torch.dtype = torch.float32
    enough: Callable[[int], bool] | None = None


def train(context: PhaseContext, training: Training, batches: Batches, recipe: Recipe, label: str) -> None:
    """Train in place from the newest checkpoint of this job, if there is one.

    A step that does not fit into memory is taken in smaller parts. One that is not finite is skipped and
    halves the rate; after three of them in a row the training goes back to its last checkpoint, once.

    Raises:
        ForgeError(contract): the checkpoint is of another model, or of a longer training.
        ForgeError(numeric): losses or gradients stay not finite.
        ForgeError(out_of_memory): a single row, or the smallest part, does not fit.
        ForgeError(preempted): raised by the checkpoint store when a stop was requested.
    """
    torch.set_num_threads(context.threads)
    step, endured = recipe.first, Endured()
    checkpoint = context.checkpoints.latest()
    if checkpoint is not None:
        _refuse_past_end(checkpoint.step, recipe.last)
        training.resume(checkpoint.tensors, checkpoint.resume.get("companions", {}))
        step, endured = checkpoint.step, Endured.of(checkpoint.resume)
    else:
        for companion in training.companions.values():
            companion.begin(training)
    training.model.train()
    started, tokens = time.monotonic(), 0
    while step < recipe.last:
        batch = batches.batch(step).to(training.device)
        measured, endured = _step_or_skip(context, training, batch, recipe, step, endured)
        if endured.too_often:
            step, endured = _go_back(context, training, step, endured)
            continue
        shown = training.after(batch, step, measured)
        tokens += batch.weights_BT.numel()
        step += 1
        if measured and (step % recipe.log_every == 0 or step == recipe.last):
            rate = tokens / max(1e-9, time.monotonic() - started)
            values = {**measured, **shown, **endured.shown(), "tokens": tokens, "tokens_per_second": rate}
            context.tracker.training(step, values)
        context.tracker.progress(step - recipe.first, recipe.last - recipe.first, label)
        # Before the checkpoint: that one was taken says that it was not enough, so a resume need not ask.
        if recipe.enough is not None and recipe.enough(step):
            break
        # Not between skipped steps: whoever goes back needs a checkpoint from before the trouble.
        if context.checkpoints.due() and measured and step < recipe.last:
            _save(context, training, step, endured, {"loss": measured["loss"]})
    training.model.eval()


def train_step(training: Training, batch: Batch, recipe: Recipe, step: int) -> dict[str, float]:
    """One optimizer step on a whole batch; returns what is worth logging.

    Raises:
        ForgeError(numeric): the loss or gradient is not finite; the weights are untouched.
    """
    _set_rate(training, recipe.schedule.rate(step))
    found = _gradient(training, batch.to(training.device), recipe, step, 0)
    return _apply(training, found, recipe, step)


def _step_or_skip(
    context: PhaseContext, training: Training, batch: Batch, recipe: Recipe, step: int, endured: Endured
) -> tuple[dict[str, float] | None, Endured]:
    """One step, or None where it was skipped; and what the training has endured by then."""
    _set_rate(training, recipe.schedule.rate(step) * endured.rate_factor * training.rate_factor(step))
    try:
        found, endured = _gradient_in_memory(context, training, batch, recipe, step, endured)
        return _apply(training, found, recipe, step), endured.going_on()
    except ForgeError as error:
        if error.kind != "numeric":
            raise
        endured = endured.failing(step)
        message = (
            f"{error.message} It is skipped; the rate goes on at {endured.rate_factor:g} of its schedule."
        )
        if not endured.too_often:
            context.tracker.warning("numeric", message, {"step": step, **endured.shown()})
        return None, endured


def _gradient_in_memory(
    context: PhaseContext, training: Training, batch: Batch, recipe: Recipe, step: int, endured: Endured
) -> tuple[Found, Endured]:
    """The gradient of a batch, in parts half as large each time memory runs out.

    Raises:
        ForgeError(out_of_memory): the smallest part does not fit.
    """
    while True:
        try:
            return _gradient(training, batch, recipe, step, endured.halvings), endured
        except (MemoryError, RuntimeError, ForgeError) as error:
            failure = classify(error)
            if failure.kind != "out_of_memory":
                raise
        # Outside the handler: the error's frames, and with them the tensors of the pass, are gone here.
        training.optimizer.zero_grad(set_to_none=True)
        if training.device.type == "cuda":
            torch.cuda.empty_cache()
        rows = rows_at_once(batch, endured.halvings)
        if rows == 1 or endured.halvings == MAX_HALVINGS:
            raise ForgeError(
                "out_of_memory",
                f"Step {step} does not fit into memory, not even {rows} of its {batch.rows} rows at once:"
                f" {failure.message} Lower seq_len or the model's size, or give the job more memory.",
                {"step": step, "rows": rows, "halvings": endured.halvings},
            )
        endured = endured.halved()
        message = (
            f"Memory ran out at step {step} with {rows} rows at once; the same batch is taken in parts of"
            f" {rows_at_once(batch, endured.halvings)} from here on."
        )
        context.tracker.warning("out_of_memory", message, {"step": step, **endured.shown()})


def _gradient(training: Training, batch: Batch, recipe: Recipe, step: int, halvings: int) -> Found:
    training.optimizer.zero_grad(set_to_none=True)
    share = partial(accumulate, training.model, batch, recipe.objective, step)
    parameters = (parameter for _, parameter in training.named_parameters())
    return shared_gradient(parameters, partial(share, halvings=halvings, precision=recipe.precision))


def _set_rate(training: Training, rate: float) -> None:
    for group in training.optimizer.param_groups:
        group["lr"] = rate


def _apply(training: Training, found: Found, recipe: Recipe, step: int) -> dict[str, float]:
    """Clip, filter and let the optimizer step, unless a number is not finite.

    In this order: a step that is not finite must not enter the filter, nor an outlier whole.
    """
    norm = nn.utils.clip_grad_norm_(training.model.parameters(), recipe.grad_clip)
    refuse_non_finite(step, loss=found.loss, gradient_norm=float(norm))
    if training.beside is not None:
        beside = nn.utils.clip_grad_norm_(training.beside.parameters(), recipe.grad_clip)
        refuse_non_finite(step, gradient_norm_beside=float(beside))
    if training.filter is not None:
        training.filter.apply(training.named_parameters())
    training.optimizer.step()
    rate = training.optimizer.param_groups[0]["lr"]
    return {"loss": found.loss, "lr": rate, "gradient_norm": float(norm), **found.measured}


def _go_back(context: PhaseContext, training: Training, step: int, endured: Endured) -> tuple[int, Endured]:
    """Restore the last checkpoint; the step to go on from. Saved again, since a resume must know of it.

    Raises:
        ForgeError(numeric): there is none, or the training has been there before.
    """
    checkpoint = None if endured.rolled_back else context.checkpoints.latest()
    if checkpoint is None:
        before = (
            "it had gone back to its last checkpoint before" if endured.rolled_back else "no checkpoint yet"
        )
        raise ForgeError(
            "numeric",
            f"Loss or gradient of {endured.in_a_row} steps in a row, up to step {step}, are not finite, the"
            f" rate halved each time ({before}). The weights of the last good step are untouched: lower"
            " learning_rate, or look at the data of these steps.",
            {"step": step, **endured.to_json()},
        )
    training.resume(checkpoint.tensors, checkpoint.resume.get("companions", {}))
    endured = endured.back_at(checkpoint.step)
    message = f"Step {step} was not finite either: back to the checkpoint of step {checkpoint.step}."
    context.tracker.warning("numeric", message, {"step": step, "to": checkpoint.step, **endured.shown()})
    _save(context, training, checkpoint.step, endured, {})
    return checkpoint.step, endured


def _save(
    context: PhaseContext, training: Training, step: int, endured: Endured, metrics: Mapping[str, float]
) -> None:
    """Checkpoint, unless the weights left the finite numbers: the one before stays the last good one."""
    tensors = training.tensors()
    if all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        resume: dict[str, Any] = {"seed": context.seed, "endured": endured.to_json()}
        if training.companions:
            resume["companions"] = {name: each.to_json() for name, each in training.companions.items()}
        context.checkpoints.save(step, tensors, resume, metrics)


def _refuse_past_end(step: int, last: int) -> None:
    """Stop where a checkpoint is from a longer training: there would be nothing left to do."""
    if step < last:
        return
    raise ForgeError(
        "contract",
        f"The checkpoint was taken after step {step}, but with these settings the training ends after {last}."
        " Give it more steps, or fork from an earlier checkpoint.",
        {"step": step, "last": last},
    )


def refuse_non_finite(step: int, **values: float) -> None:
    """Stop before a bad step reaches the weights.

    Raises:
        ForgeError(numeric): names the value and the step.
    """
    for name, value in values.items():
        if not math.isfinite(value):
            raise ForgeError(
                "numeric",
                f"The {name} of step {step} is {value}; expected a finite number.",
                {"step": step, name: str(value)},
            )
