"""What a packed file weighs beside the full-precision files of the same model: groups, ratios, shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn

from agent_forge.models.packed import CODES, EMBEDDING, ROW_SCALE, SCALE, read_packed
from agent_forge.models.ternary import ternary_projections

GROUPS = {"ltm": "memory", "act": "halting", "thought": "thoughts"}


@dataclass(frozen=True)
class PackedSize:
    """Bytes on disk. `groups` sums to `packed`."""

    packed: int
    fp32: int
    fp16: int
    matrices_packed: int
    matrices: int  # weights of the ternary matrices
    parameters: int
    embedding_parameters: int
    groups: Mapping[str, int]

    def ratios(self) -> dict[str, float]:
        """Every ratio with its denominator in its name: whole file, and ternary matrices alone."""
        return {
            "ratio_fp32_file": self.fp32 / self.packed,
            "ratio_fp16_file": self.fp16 / self.packed,
            "ratio_fp32_matrices": 4 * self.matrices / self.matrices_packed,
            "ratio_fp16_matrices": 2 * self.matrices / self.matrices_packed,
        }

    @property
    def embedding_share(self) -> float:
        """Share of the parameters that are embedding rows."""
        return self.embedding_parameters / self.parameters


def measure_packed(path: Path, model: nn.Module) -> PackedSize:
    """Measure a packed file against the masters that it was packed from."""
    found = read_packed(path)
    groups: dict[str, int] = {}
    for name, tensor in found.tensors.items():
        group = group_of(name)
        groups[group] = groups.get(group, 0) + tensor.numel() * tensor.element_size()
    size = path.stat().st_size
    groups["header"] = size - sum(groups.values())
    state = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    matrices = sum(each.weight.numel() for _, each in ternary_projections(model))
    return PackedSize(
        packed=size, fp32=file_bytes(state, torch.float32), fp16=file_bytes(state, torch.float16),
        matrices_packed=groups["ternary codes"] + groups["ternary scales"], matrices=matrices,
        parameters=sum(t.numel() for t in state.values()), embedding_parameters=state[EMBEDDING].numel(),
        groups=groups,
    )  # fmt: skip


def file_bytes(state: Mapping[str, torch.Tensor], dtype: torch.dtype) -> int:
    """Bytes of a safetensors file with all tensors in `dtype`."""
    return len(save({name: tensor.to(dtype).contiguous() for name, tensor in state.items()}))


def group_of(name: str) -> str:
    """The group that a stored tensor is counted in."""
    for end, group in ((CODES, "ternary codes"), (SCALE, "ternary scales")):
        if name.endswith(end) and name != ROW_SCALE:
            return group
    if name in (EMBEDDING, ROW_SCALE):
        return "embedding"
    part = name.split(".", 1)[0]
    return GROUPS.get(part, "norms" if "norm." in name else "kept projections")
