"""What a training changed, as an artifact of its own: add it to the weights it was taken from, or less of it.

A delta is named after the weights that it changes: `<weight>.delta` holds it whole, `<weight>.up` and
`<weight>.down` hold the factors of a low-rank one, with the scale already in `up`.

Legend: O outputs, I inputs of a projection, R rank.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from agent_forge.models.low_rank import adapters_of

WHOLE, UP, DOWN = ".delta", ".up", ".down"


def low_rank_delta(model: nn.Module) -> dict[str, Tensor]:
    """The factors of all adapters of a model, on the CPU."""
    found: dict[str, Tensor] = {}
    for name, adapter in adapters_of(model):
        found[name + UP] = (adapter.scale * adapter.up_OR).detach().cpu().clone()
        found[name + DOWN] = adapter.down_RI.detach().cpu().clone()
    return found


def whole_delta(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """after - before of two state dicts of one architecture, on the CPU; what did not move is left out."""
    moved = ((name, after[name].detach().cpu() - before[name].detach().cpu()) for name in before)
    return {name + WHOLE: delta for name, delta in moved if bool(delta.any())}


def expanded(delta: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The change of each weight by the weight's name, factors multiplied out."""
    found = {name.removesuffix(WHOLE): tensor for name, tensor in delta.items() if name.endswith(WHOLE)}
    for name, up_OR in delta.items():
        if name.endswith(UP):
            weight = name.removesuffix(UP)
            found[weight] = up_OR @ delta[weight + DOWN]
    return found


@torch.no_grad()
def add_delta(model: nn.Module, delta: Mapping[str, Tensor], strength: float = 1.0) -> None:
    """theta + strength * delta, in place.

    Args:
        strength: 0 leaves the model as it is, 1 adds the whole change; less is a half-baked model.

    Raises:
        ValueError: the delta is of another architecture; names the weights.
    """
    weights = dict(model.named_parameters())
    changes = expanded(delta)
    misfits = sorted(
        name for name, each in changes.items() if name not in weights or weights[name].shape != each.shape
    )
    if misfits:
        raise ValueError(
            f"a delta of {len(changes)} weights does not fit the model: {misfits[:5]} are not there or have"
            " another shape; expected the model that it was taken from"
        )
    for name, change in changes.items():
        weights[name].add_(change.to(weights[name].device), alpha=strength)
