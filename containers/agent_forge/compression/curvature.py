"""H = E[x x'] of the inputs that a matrix meets, from text that goes through the model.

The embedding is the head as well: what it meets there are the final hidden states.
Legend: B rows, T tokens, I inputs.
"""

from collections.abc import Callable, Collection

import torch
from torch import Tensor, nn

from agent_forge.models.titan import TinyTitan

EMBEDDING = "embedding.weight"


class _Moment:
    """Sum of outer products."""

    def __init__(self) -> None:
        self.sum_II: Tensor | None = None
        self.count = 0

    def add(self, x: Tensor) -> None:
        x_NI = x.detach().flatten(0, -2).double()
        moment_II = x_NI.T @ x_NI
        self.sum_II = moment_II if self.sum_II is None else self.sum_II + moment_II
        self.count += len(x_NI)


@torch.no_grad()
def second_moments(
    model: TinyTitan, names: Collection[str], rows_BT: Tensor, batch: int
) -> dict[str, Tensor]:
    """(I, I) fp64 of every projection among `names` that text reaches; others are left out.

    Args:
        names: of weights.
        rows_BT: token ids.
    """
    moments = {name: _Moment() for name in names}
    hooks = [
        module.register_forward_pre_hook(_adding(moments[f"{name}.weight"]))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and f"{name}.weight" in moments
    ]
    try:
        for part_BT in rows_BT.split(batch):
            hidden = model(part_BT.to(model.device)).hidden_BTD
            if EMBEDDING in moments:
                moments[EMBEDDING].add(hidden)
    finally:
        for hook in hooks:
            hook.remove()
    return {
        name: (each.sum_II / each.count).cpu() for name, each in moments.items() if each.sum_II is not None
    }


def _adding(moment: _Moment) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    return lambda _, inputs: moment.add(inputs[0])


def weighted_error(error_OI: Tensor, hessian_II: Tensor | None) -> float:
    """tr(E H E'), or the sum of squares where there is no H."""
    error_OI = error_OI.double()
    if hessian_II is None:
        return float(error_OI.square().sum())
    return float(((error_OI @ hessian_II) * error_OI).sum())
