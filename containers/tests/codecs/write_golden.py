"""Writes golden/, once per version of the format: `python -m tests.codecs.write_golden`."""

import json
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.codecs.codec import Encoded
from agent_forge.codecs.container import Contents, after_lossless, container_bytes
from agent_forge.codecs.registry import CANDIDATES
from tests.codecs.shapes import drawn, encode
from tests.codecs.test_round_trips import GOLDEN, digests

NAMES = (
    "raw32", "raw16", "ternary", "rtn8-g64", "rtn3-g32", "vptq-v2k16", "vptq-v4k256r16", "seedlm-k12c8p3",
    "seedlm-k10c12p4", "hyper-u64", "hyper-golden-u256",
)  # fmt: skip


def small_file(names: tuple[str, ...] = NAMES, weight: Tensor | None = None) -> bytes:
    """A container with one small tensor per candidate, named `<codec>:<candidate>`."""
    tensors, shared, families = {}, {}, {}
    for name in names:
        each = drawn(10, 13) if weight is None else weight
        each = each.sign() * (each.abs() > 0.04) * 0.05 if name == "ternary" else each
        codec, family = CANDIDATES[name].codec, encode(name, each)
        tensors[f"{codec}:{name}"] = (tuple(each.shape), after_lossless(codec, family.members[0]))
        if family.shared:
            shared[f"{codec}:{name}"] = f"family {name}"
            families[f"family {name}"] = after_lossless(codec, Encoded({}, family.shared))
    return container_bytes(Contents({"note": "no model"}, tensors, shared, families))


def write(folder: Path) -> None:
    """Both files."""
    torch.set_num_threads(1)
    data = small_file()
    folder.mkdir(exist_ok=True)
    (folder / "every-codec.forge").write_bytes(data)
    text = json.dumps(digests(data), indent=1, sort_keys=True)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(GOLDEN)
