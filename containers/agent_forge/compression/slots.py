"""What of a model is stored, and in which ways each tensor may be.

A ternary matrix has one way: its codes and scale, exactly. Vectors and small tensors are kept in halves. All
others are offered to every codec; tensors of one type and width form a family, which may share a codebook.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from agent_forge.codecs.codec import as_matrix
from agent_forge.models.ternary import ternarise, ternary_projections
from agent_forge.models.titan import TinyTitan

FEWEST_WEIGHTS = 1024  # of a tensor that is worth a search
STEPS = 64  # neighbours of a magnitude that are tried
EXACT, PLAIN, SEARCHED = "exact", "plain", "searched"
_BLOCK = re.compile(r"\bblocks\.\d+\.")


@dataclass(frozen=True)
class Slot:
    """One tensor.

    Args:
        weight: fp32, as it is to be stored: of a ternary matrix {-a, 0, a} that ternarises to the same codes.
        kind: EXACT, PLAIN or SEARCHED.
    """

    name: str
    family: str
    weight: Tensor
    kind: str


def slots_of(model: TinyTitan) -> list[Slot]:
    """Every tensor of the state dict, by name."""
    ternary = {f"{name}.weight" for name, _ in ternary_projections(model)}
    found = []
    for name, tensor in sorted(model.state_dict().items()):
        weight = tensor.detach().float().cpu()
        if name in ternary:
            found.append(Slot(name, name, as_codes(weight), EXACT))
        else:
            searched = weight.dim() > 1 and weight.numel() >= FEWEST_WEIGHTS
            found.append(Slot(name, family_of(name, weight), weight, SEARCHED if searched else PLAIN))
    return found


def families_of(slots: Sequence[Slot]) -> dict[str, list[Slot]]:
    """Searched slots by family."""
    families: dict[str, list[Slot]] = {}
    for slot in slots:
        if slot.kind == SEARCHED:
            families.setdefault(slot.family, []).append(slot)
    return families


def family_of(name: str, weight: Tensor) -> str:
    """The type of a tensor: its name without the number of its block, and its width."""
    return f"{_BLOCK.sub('blocks.*.', name)}|{as_matrix(weight).shape[1]}"


def as_codes(master: Tensor) -> Tensor:
    """{-a, 0, a} that ternarises to exactly what the master does.

    The scale of a ternary matrix is the mean of |w|, so that a is above it where codes are zero. Of the
    neighbours of that value the one is taken whose mean, as floats are summed, is nearest.
    """
    codes, scale = ternarise(master)
    signs = codes.float()
    nonzero = int(codes.count_nonzero())
    if nonzero == 0:
        return signs
    first = (scale.double() * codes.numel() / nonzero).float()
    up, down = [first], [first]
    for _ in range(STEPS):
        up.append(torch.nextafter(up[-1], torch.tensor(float("inf"))))
        down.append(torch.nextafter(down[-1], torch.tensor(0.0)))
    best = min([*up, *down], key=lambda a: abs(float(ternarise(signs * a)[1] - scale)))
    return signs * best


def hessians_needed(families: Mapping[str, Sequence[Slot]]) -> set[str]:
    """Names of tensors whose inputs a codec may want to know."""
    return {slot.name for members in families.values() for slot in members}
