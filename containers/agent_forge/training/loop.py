"""One loop for every training: AdamW, clipping, checkpoints, bit-identical resume; the objective is given."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from agent_forge.data.packing import Batch
from agent_forge.errors import ForgeError
from agent_forge.models.titan import parameter_groups
from agent_forge.phase import PhaseContext
from agent_forge.training.objective import Objective
from agent_forge.training.schedule import Schedule

BETAS = (0.9, 0.95)


class Batches(Protocol):
    """Anything that gives the batch of a step."""

    def batch(self, step: int) -> Batch: ...


@dataclass(frozen=True)
class Recipe:
    """Everything about a training that is not data. Steps `first` up to `last` of the schedule are done."""

    schedule: Schedule
    first: int
    last: int
    weight_decay: float
    grad_clip: float
    log_every: int
    objective: Objective
    precision: torch.dtype = torch.float32  # of matrix products; bfloat16 trains under autocast


@dataclass
class Training:
    """A model under training with its optimizer."""

    model: nn.Module
    optimizer: torch.optim.AdamW

    @staticmethod
    def begin(model: nn.Module, weight_decay: float) -> "Training":
        """A fresh optimizer for `model`; gains, biases and step embeddings are not decayed."""
        decayed, others = parameter_groups(model)
        groups = [
            {"params": list(decayed), "weight_decay": weight_decay},
            {"params": list(others), "weight_decay": 0.0},
        ]
        return Training(model, torch.optim.AdamW(groups, lr=0.0, betas=BETAS, fused=True))

    @property
    def device(self) -> torch.device:
        """Where the weights are; batches are taken there."""
        return next(self.model.parameters()).device

    def tensors(self) -> dict[str, Tensor]:
        """Model and optimizer state by name, on the CPU, ready for safetensors."""
        named = {f"model.{name}": tensor.detach().cpu() for name, tensor in self.model.state_dict().items()}
        for name, parameter in self.model.named_parameters():
            for key, value in self.optimizer.state.get(parameter, {}).items():
                named[f"optimizer.{key}.{name}"] = value.detach().cpu()
        return named

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Inverse of `tensors`. Model tensors are optional: an optimizer alone can be carried over."""
        weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
        if weights:
            self.model.load_state_dict(weights)
        for name, parameter in self.model.named_parameters():
            names = {key: f"optimizer.{key}.{name}" for key in ("step", "exp_avg", "exp_avg_sq")}
            found = {key: tensors[stored] for key, stored in names.items() if stored in tensors}
            state = {key: value.to(parameter.device, copy=True) for key, value in found.items()}
            if state:
                self.optimizer.state[parameter] = state


def train(context: PhaseContext, training: Training, batches: Batches, recipe: Recipe, label: str) -> None:
    """Train in place from the newest checkpoint of this job, if there is one.

    Raises:
        ForgeError(numeric): a loss or gradient that is not finite.
        ForgeError(preempted): raised by the checkpoint store when a stop was requested.
    """
    torch.set_num_threads(context.threads)
    first = recipe.first
    checkpoint = context.checkpoints.latest()
    if checkpoint is not None:
        training.restore(checkpoint.tensors)
        first = checkpoint.step
    training.model.train()
    started, tokens = time.monotonic(), 0
    for step in range(first, recipe.last):
        batch = batches.batch(step)
        measured = train_step(training, batch, recipe, step)
        tokens += batch.weights_BT.numel()
        done = step + 1
        if done % recipe.log_every == 0 or done == recipe.last:
            rate = tokens / max(1e-9, time.monotonic() - started)
            context.tracker.training(done, {**measured, "tokens": tokens, "tokens_per_second": rate})
        context.tracker.progress(done - recipe.first, recipe.last - recipe.first, label)
        if done < recipe.last and context.checkpoints.due():
            context.checkpoints.save(
                done, training.tensors(), {"seed": context.seed}, {"loss": measured["loss"]}
            )
    training.model.eval()


def train_step(training: Training, batch: Batch, recipe: Recipe, step: int) -> dict[str, float]:
    """One optimizer step; returns what is worth logging."""
    rate = recipe.schedule.rate(step)
    for group in training.optimizer.param_groups:
        group["lr"] = rate
    device, mixed = training.device, recipe.precision is not torch.float32
    with torch.autocast(device.type, recipe.precision, enabled=mixed):
        losses = recipe.objective(training.model, batch.to(device), step)
    total = losses.weighted if losses.by_row is None else losses.weighted + losses.by_row
    training.optimizer.zero_grad(set_to_none=True)
    total.backward()
    norm = nn.utils.clip_grad_norm_(training.model.parameters(), recipe.grad_clip)
    loss = float(losses.weighted.detach())
    refuse_non_finite(step, loss=loss, gradient_norm=float(norm))
    training.optimizer.step()
    return {"loss": loss, "lr": rate, "gradient_norm": float(norm), **losses.measured}


def refuse_non_finite(step: int, **values: float) -> None:
    """Stop before a bad step reaches the weights.

    Raises:
        ForgeError(numeric): names the value and the step.
    """
    for name, value in values.items():
        if not math.isfinite(value):
            raise ForgeError(
                "numeric",
                f"The {name} of step {step} is {value}; expected a finite number. The weights of the step"
                " before are untouched: lower learning_rate, or resume from the last checkpoint.",
                {"step": step, name: str(value)},
            )
