"""Grokfast: amplify the slow part of every parameter's gradient before the optimizer sees it.

Lee et al. 2024, arXiv 2405.20233, algorithms 1 (moving average) and 2 (exponential moving average). The
filter works on the clipped gradient of a step that is taken; a skipped step leaves it alone. Its state is
part of the checkpoint, and it begins anew whenever the set of trained parameters changes.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

Named = Iterable[tuple[str, nn.Parameter]]


class GradientFilter(Protocol):
    """Changes gradients in place; what it remembers can be saved and put back."""

    def apply(self, parameters: Named) -> None:
        """Filter the `grad` of each parameter that has one."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """State by name, on the CPU, fp32."""
        ...

    def restore(self, tensors: Mapping[str, Tensor], device: torch.device) -> None:
        """Inverse of `tensors`."""
        ...


class ExponentialFilter:
    """mu = alpha mu + (1 - alpha) g, starting at the first g; the optimizer gets g + amplification mu.

    Its gain is 1 + amplification for a constant gradient, and 1 + amplification (1 - alpha) / (1 + alpha) for
    one that changes sign every step. 4 bytes a parameter.

    Args:
        alpha: 0 to below 1; 1 / (1 - alpha) is the time constant in steps.
        amplification: lambda of the paper, from 0, where the gradient stays as it is bit by bit.
    """

    def __init__(self, alpha: float, amplification: float) -> None:
        _expect(0.0 <= alpha < 1.0, "alpha", alpha, "from 0 to below 1")
        _expect(amplification >= 0.0, "amplification", amplification, "at least 0")
        self._alpha, self._amplification = alpha, amplification
        self._mean: dict[str, Tensor] = {}

    @torch.no_grad()
    def apply(self, parameters: Named) -> None:
        """Filter in place. A parameter's mean begins with its own first gradient, whenever that comes."""
        for name, parameter in parameters:
            if parameter.grad is None:
                continue
            gradient = parameter.grad.float()
            mean = self._mean.get(name)
            if mean is None:
                mean = self._mean[name] = gradient.clone()
            else:
                mean.lerp_(gradient, 1.0 - self._alpha)
            if self._amplification > 0.0:
                parameter.grad.add_(mean.to(parameter.grad.dtype), alpha=self._amplification)

    def tensors(self) -> dict[str, Tensor]:
        """The means."""
        return {name: mean.cpu() for name, mean in self._mean.items()}

    def restore(self, tensors: Mapping[str, Tensor], device: torch.device) -> None:
        """Go on with these means."""
        self._mean = {name: mean.to(device, copy=True) for name, mean in tensors.items()}


class WindowFilter:
    """The plain mean of the last gradients, added once the window is full; before, the gradient is untouched.

    4 * width bytes a parameter, so it is for models of less than a million.

    Args:
        width: steps of the window, at least 1.
        amplification: lambda of the paper, at least 0.
    """

    def __init__(self, width: int, amplification: float) -> None:
        _expect(width >= 1, "width", width, "at least 1")
        _expect(amplification >= 0.0, "amplification", amplification, "at least 0")
        self._width, self._amplification = width, amplification
        self._windows: dict[str, deque[Tensor]] = {}

    @torch.no_grad()
    def apply(self, parameters: Named) -> None:
        """Filter in place."""
        for name, parameter in parameters:
            if parameter.grad is None:
                continue
            window = self._windows.setdefault(name, deque(maxlen=self._width))
            window.append(parameter.grad.detach().float().clone())  # the buffer is reused by the next step
            if len(window) == self._width and self._amplification > 0.0:
                mean = torch.stack(tuple(window)).mean(dim=0)
                parameter.grad.add_(mean.to(parameter.grad.dtype), alpha=self._amplification)

    def tensors(self) -> dict[str, Tensor]:
        """The gradients of each window, stacked, the oldest first."""
        return {name: torch.stack(tuple(window)).cpu() for name, window in self._windows.items()}

    def restore(self, tensors: Mapping[str, Tensor], device: torch.device) -> None:
        """Go on with these windows."""
        self._windows = {
            name: deque(stacked.to(device, copy=True).unbind(0), maxlen=self._width)
            for name, stacked in tensors.items()
        }


def _expect(holds: bool, name: str, received: float, expected: str) -> None:
    if not holds:
        raise ValueError(f"{name} is {received}; expected {expected}")
