"""A ternary model as one packed file, and the model that runs from it.

`<projection>.quant.codes` and `.quant.scale` stand for each ternary matrix; `embedding.weight` may be int8
with `embedding.quant.scale` per row; everything else is kept in floating point under its own name.

Legend: O outputs, I inputs, V vocabulary rows, D d_model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from agent_forge.models.config import ModelConfig
from agent_forge.models.packed_header import Header, Storage, checksum, metadata_of, read_header, refusal
from agent_forge.models.packed_linear import use_packed
from agent_forge.models.packing import pack, unpack
from agent_forge.models.ternary import ternarise, ternary_projections
from agent_forge.models.titan import TinyTitan

EMBEDDING, ROW_SCALE = "embedding.weight", "embedding.quant.scale"
CODES, SCALE = ".quant.codes", ".quant.scale"
LEVELS, SMALLEST = 127, 1e-8
DTYPES = {"float32": torch.float32, "float16": torch.float16, "int8": torch.int8}
REASONS = {
    "embedding": "lookup and head: a few levels per row cost far more here than in a projection",
    "norm": "gains and norms: a handful of numbers that scale whole channels",
    "ltm": "memory: gates, convolution and first weights enter a recurrence in which rounding adds up",
    "act": "halting: decides how often a token is refined",
    "thought": "thoughts: marks and mixing head start near zero",
    "block": "projection that quant.kept_fp keeps",
}


@dataclass(frozen=True)
class PackedFile:
    """A file as read and checked: header and tensors as stored."""

    header: Header
    tensors: Mapping[str, Tensor]

    def codes(self) -> dict[str, tuple[Tensor, Tensor]]:
        """(codes int8 (O, I), scale) of every ternary projection: exactly what was packed."""
        packing = self.header.storage.packing
        return {
            name: (unpack(self.tensors[name + CODES], shape, packing), self.tensors[name + SCALE])
            for name, shape in self.header.shapes.items()
        }

    def kept(self) -> dict[str, Tensor]:
        """Every other tensor in fp32."""
        found = {name: self.tensors[name].float() for name in self.header.kept}
        if self.header.storage.embedding == "int8":
            found[EMBEDDING] = found[EMBEDDING] * self.tensors[ROW_SCALE][:, None]
        return found


def write_packed(model: TinyTitan, path: Path, storage: Storage) -> None:
    """Pack a model that trains ternary weights; the masters stay as they are.

    Raises:
        ValueError: nothing in it is ternary.
    """
    projections = dict(ternary_projections(model))
    if not projections:
        raise ValueError("the model has no ternary projection; expected quant.enabled in its config.json")
    state = {name: tensor.detach().cpu() for name, tensor in model.state_dict().items()}
    tensors: dict[str, Tensor] = {}
    for name in projections:
        codes_OI, scale = ternarise(state.pop(f"{name}.weight"))
        tensors[name + CODES], tensors[name + SCALE] = pack(codes_OI, storage.packing), scale
    for name, tensor in state.items():
        kind = storage.embedding if name == EMBEDDING else storage.kept
        if kind == "int8":
            tensor, tensors[ROW_SCALE] = _as_rows(tensor)
        tensors[name] = tensor.to(DTYPES[kind]).contiguous()
    shapes = {name: (each.out_features, each.in_features) for name, each in projections.items()}
    header = Header(model.config.to_json(), storage, shapes, {name: reason_of(name) for name in state})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(tensors, metadata_of(header, tensors)))


def read_packed(path: Path) -> PackedFile:
    """Read a packed file and check all of it.

    Raises:
        ForgeError(validation): it is cut short, of another format or version, or not what its header says.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise refusal(path, f"it is no whole safetensors file ({error})") from error
    header, document = read_header(metadata, path)
    found = PackedFile(header, tensors)
    _refuse_other_tensors(found, path)
    if checksum(document, tensors) != document.get("sha256"):
        raise refusal(path, "its bytes do not have the checksum that it states")
    return found


def load_packed(path: Path) -> TinyTitan:
    """The model of a packed file, ready to run on the CPU.

    Raises:
        ForgeError(validation): as `read_packed`, or the header's config describes another model.
    """
    found = read_packed(path)
    model, codes = _built(found, path), found.codes()
    use_packed(model, codes)
    _fill(model, found.kept(), path)
    return model.eval()


def as_stored(model: TinyTitan, path: Path) -> TinyTitan:
    """The masters with the other tensors as the packed file holds them: what it must equal bit for bit."""
    rounded = TinyTitan(model.config)
    rounded.load_state_dict({**model.state_dict(), **read_packed(path).kept()})
    return rounded.eval()


def reason_of(name: str) -> str:
    """Why a tensor is not ternary."""
    part = name.split(".", 1)[0]
    if "norm.weight" in name and part != "ltm":
        part = "norm"
    return REASONS[part if part in REASONS else "block"]


def _as_rows(weight_VD: Tensor) -> tuple[Tensor, Tensor]:
    """Symmetric int8 rows (V, D) and the fp32 scale of each (V,) that multiplies them."""
    scale_V = weight_VD.abs().amax(dim=1).clamp_min(SMALLEST) / LEVELS
    return (weight_VD / scale_V[:, None]).round().clamp_(-LEVELS, LEVELS), scale_V


def _built(found: PackedFile, path: Path) -> TinyTitan:
    try:
        model = TinyTitan(ModelConfig.from_json(found.header.config))
    except (ValueError, TypeError) as error:
        raise refusal(path, f"its config describes no model: {error}") from error
    shapes = {n: (p.out_features, p.in_features) for n, p in ternary_projections(model)}
    if shapes != dict(found.header.shapes):
        differs = sorted(
            name for name in shapes.keys() | found.header.shapes.keys()
            if shapes.get(name) != found.header.shapes.get(name)
        )  # fmt: skip
        raise refusal(path, f"its config has other ternary projections than its header: {differs[:3]}")
    return model


def _fill(model: TinyTitan, tensors: Mapping[str, Tensor], path: Path) -> None:
    wanted = {name for name in model.state_dict() if not name.endswith(("packed_OY", ".scale"))}
    if wanted != set(tensors):
        raise refusal(path, f"its tensors do not fit its config: {sorted(wanted ^ set(tensors))[:3]}")
    try:
        model.load_state_dict(dict(tensors), strict=False)
    except RuntimeError as error:
        raise refusal(path, f"a tensor has another shape than its config says: {error}") from error


def _refuse_other_tensors(found: PackedFile, path: Path) -> None:
    header = found.header
    expected = set(header.kept) | {n + end for n in header.shapes for end in (CODES, SCALE)}
    if header.storage.embedding == "int8":
        expected.add(ROW_SCALE)
    if expected != set(found.tensors):
        odd = sorted(expected ^ set(found.tensors))
        raise refusal(path, f"it does not hold the tensors that its header names: {odd[:3]}")
    if EMBEDDING not in header.kept:
        raise refusal(path, f"its header names no {EMBEDDING}")
    for name, shape in header.shapes.items():
        try:
            unpack(found.tensors[name + CODES], shape, header.storage.packing)
        except ValueError as error:
            raise refusal(path, f"{name}: {error}") from error
        scale = found.tensors[name + SCALE]
        if scale.numel() != 1 or not bool(scale.isfinite().all()) or float(scale) <= 0:
            raise refusal(path, f"the scale of {name} is {scale.tolist()}; expected one number above 0")
