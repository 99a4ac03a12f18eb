"""What a training changes: model, optimizer, filter and companions, and their state in a checkpoint."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from agent_forge.data.packing import Batch
from agent_forge.errors import ForgeError
from agent_forge.models.titan import parameter_groups
from agent_forge.training.companion import Companion
from agent_forge.training.gradient_filter import GradientFilter

BETAS = (0.9, 0.95)


@dataclass
class Training:
    """A model under training with its optimizer, and a filter of its gradients where there is one.

    Args:
        beside: learns along and is never published, such as a head that only teaches. Its gradient is
            clipped apart, so that it cannot change a step of the model by its size.
        companions: by the name of their state in a checkpoint.
    """

    model: nn.Module
    optimizer: torch.optim.AdamW
    filter: GradientFilter | None = None
    beside: nn.Module | None = None
    companions: Mapping[str, Companion] = field(default_factory=dict)

    @staticmethod
    def begin(
        model: nn.Module,
        weight_decay: float,
        gradient_filter: GradientFilter | None = None,
        beside: nn.Module | None = None,
        companions: Mapping[str, Companion] | None = None,
    ) -> "Training":
        """A fresh optimizer; gains, biases and step embeddings are not decayed."""
        groups = []
        for module in (model, beside):
            if module is not None:
                decayed, others = parameter_groups(module)
                groups.append({"params": list(decayed), "weight_decay": weight_decay})
                groups.append({"params": list(others), "weight_decay": 0.0})
        groups = [group for group in groups if group["params"]]
        optimizer = torch.optim.AdamW(groups, lr=0.0, betas=BETAS, fused=True)
        return Training(model, optimizer, gradient_filter, beside, companions or {})

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """All that is trained; what stands beside the model is named `beside.*`."""
        yield from self.model.named_parameters()
        if self.beside is not None:
            yield from ((f"beside.{name}", each) for name, each in self.beside.named_parameters())

    @property
    def device(self) -> torch.device:
        """Where the weights are; batches are taken there."""
        return next(self.model.parameters()).device

    def tensors(self) -> dict[str, Tensor]:
        """State of everything by name, on the CPU, ready for safetensors."""
        named = self.own_tensors()
        for companion, each in self.companions.items():
            named |= {f"companion.{companion}.{name}": tensor for name, tensor in each.tensors().items()}
        return named

    def own_tensors(self) -> dict[str, Tensor]:
        """State of model, optimizer and filter, without the companions'."""
        named = {f"model.{name}": tensor.detach().cpu() for name, tensor in self.model.state_dict().items()}
        if self.beside is not None:
            named |= {f"beside.{name}": t.detach().cpu() for name, t in self.beside.state_dict().items()}
        for name, parameter in self.named_parameters():
            for key, value in self.optimizer.state.get(parameter, {}).items():
                named[f"optimizer.{key}.{name}"] = value.detach().cpu()
        if self.filter is not None:
            named |= {f"filter.{name}": tensor for name, tensor in self.filter.tensors().items()}
        return named

    def resume(self, tensors: Mapping[str, Tensor], companions: Mapping[str, Any]) -> None:
        """Restore everything, companions too.

        Args:
            companions: the JSON state of each by name; one that a checkpoint does not know begins anew.

        Raises:
            ForgeError(contract): the weights are those of another model.
        """
        self.restore(tensors)
        for name, companion in self.companions.items():
            if name in companions:
                companion.restore(_below(f"companion.{name}.", tensors), companions[name])
            else:
                companion.begin(self)

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Inverse of `own_tensors`. Weights are optional: an optimizer alone can be carried over.

        Raises:
            ForgeError(contract): the weights are those of another model.
        """
        for part, module in (("model.", self.model), ("beside.", self.beside)):
            weights = _below(part, tensors)
            if module is not None and weights:
                refuse_misfits(weights, module.state_dict())
                module.load_state_dict(weights)
        for name, parameter in self.named_parameters():
            names = {key: f"optimizer.{key}.{name}" for key in ("step", "exp_avg", "exp_avg_sq")}
            found = {key: tensors[stored] for key, stored in names.items() if stored in tensors}
            state = {key: value.to(parameter.device, copy=True) for key, value in found.items()}
            if state:
                self.optimizer.state[parameter] = state
        if self.filter is not None:
            self.filter.restore(_below("filter.", tensors), self.device)

    def rate_factor(self, step: int) -> float:
        """What the companions want the learning rate multiplied by."""
        return math.prod(companion.rate_factor(step) for companion in self.companions.values())

    def after(self, batch: Batch, step: int, measured: Mapping[str, float] | None) -> dict[str, float]:
        """Let the companions see a step; what they have to log."""
        shown: dict[str, float] = {}
        for companion in self.companions.values():
            shown |= companion.after(self, batch, step, measured)
        return shown


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def refuse_misfits(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """Stop before weights are loaded into a model that they are not of.

    Args:
        found: weights of a checkpoint by name.
        wanted: the model's own, by name.

    Raises:
        ForgeError(contract): names the tensors that are missing, too many or of another shape.
    """
    shapes = {name: list(tensor.shape) for name, tensor in found.items()}
    expected = {name: list(tensor.shape) for name, tensor in wanted.items()}
    misfits = sorted(name for name in shapes | expected if shapes.get(name) != expected.get(name))
    if not misfits:
        return
    said = "; ".join(
        f"{name}: {shapes.get(name, 'not there')}, expected {expected.get(name, 'none of this name')}"
        for name in misfits[:5]
    )
    raise ForgeError(
        "contract",
        f"{len(misfits)} tensors of the checkpoint do not fit the model of these settings ({said}). Fork with"
        " settings that leave the model as it is, or begin at the first step.",
        {"misfits": misfits},
    )
