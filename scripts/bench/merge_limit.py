"""What a merge cannot do without: models to merge, and plain numpy loops that read, add, hash and write them.

`merge_limit.py models SIZE ROOT` writes base, a, b, c; `merge_limit.py linear|slerp ROOT OUT` is the loop, as
anybody would write it who knows the names, shapes and weights.
"""

import hashlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 1 << 17
# width, inner width, layers, vocabulary rows of a Llama with a head of its own; full: 95.3 million
SIZES = {"full": (640, 1720, 11, 32000), "tiny": (32, 64, 2, 64)}


def shapes(size: str) -> dict[str, tuple[int, ...]]:
    """Name to shape."""
    width, inner, layers, rows = SIZES[size]
    found: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (rows, width),
        "lm_head.weight": (rows, width),
        "model.norm.weight": (width,),
    }
    for layer in range(layers):
        at = f"model.layers.{layer}"
        found |= {f"{at}.self_attn.{name}_proj.weight": (width, width) for name in "qkvo"}
        found |= {f"{at}.mlp.{name}_proj.weight": (inner, width) for name in ("gate", "up")}
        found |= {f"{at}.mlp.down_proj.weight": (width, inner)}
        found |= {f"{at}.{name}_layernorm.weight": (width,) for name in ("input", "post_attention")}
    return found


def write_models(size: str, root: Path) -> None:
    """A base and three fine-tunes of it, drawn tensor by tensor."""
    config = {"model_type": "llama", "num_hidden_layers": SIZES[size][2]}
    every = shapes(size)
    offset, header = 0, {}
    for name, shape in every.items():
        size_bytes = 4 * math.prod(shape)
        offsets = [offset, offset + size_bytes]
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": offsets}
        offset += size_bytes
    text = json.dumps(header).encode()
    for number, model in enumerate(("base", "a", "b", "c")):
        folder = root / model
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        common, own = np.random.default_rng(1), np.random.default_rng(2 + number)
        with (folder / "model.safetensors").open("wb") as stream:
            stream.write(len(text).to_bytes(8, "little") + text)
            for shape in every.values():
                tensor = common.standard_normal(shape, dtype=np.float32) * 0.02
                if number:
                    tensor += own.standard_normal(shape, dtype=np.float32) * 0.002
                stream.write(tensor)


class Model:
    """A safetensors file read by offset."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb", buffering=0)
        length = int.from_bytes(self.file.read(8), "little")
        self.header: dict[str, Any] = json.loads(self.file.read(length))
        self.origin = 8 + length

    def blocks(self, name: str) -> Iterator[np.ndarray]:
        """A tensor's elements, some at a time."""
        begin, end = self.header[name]["data_offsets"]
        for start in range(begin, end, 4 * BLOCK):
            self.file.seek(self.origin + start)
            yield np.fromfile(self.file, dtype=np.float32, count=min(BLOCK, (end - start) // 4))


def arc(first: Model, second: Model, name: str, t: float) -> tuple[float, float]:
    """SLERP's two factors for a tensor."""
    aa = ab = bb = 0.0
    for a, b in zip(first.blocks(name), second.blocks(name), strict=True):
        x, y = a.astype(np.float64), b.astype(np.float64)
        aa, ab, bb = aa + x @ x, ab + x @ y, bb + y @ y
    cosine = ab / math.sqrt(aa * bb)
    if cosine > 0.9995:
        return 1 - t, t
    angle = math.acos(cosine)
    return math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)


def plain_merge(kind: str, root: Path, out: Path) -> None:
    """Streams the models into a new file and hashes it."""
    models = [Model(root / name / "model.safetensors") for name in ("abc" if kind == "linear" else "ab")]
    header = models[0].header
    digest = hashlib.sha256()
    with out.open("wb", buffering=0) as stream:
        text = json.dumps(header).encode()
        stream.write(len(text).to_bytes(8, "little") + text)
        for name in header:
            factors = (1 / 3,) * 3 if kind == "linear" else arc(models[0], models[1], name, 0.4)
            for blocks in zip(*(model.blocks(name) for model in models), strict=True):
                total = blocks[0] * np.float32(factors[0])
                for block, factor in zip(blocks[1:], factors[1:], strict=True):
                    block *= np.float32(factor)
                    total += block
                digest.update(total)
                stream.write(total)
    sys.stdout.write(digest.hexdigest())


if __name__ == "__main__":
    if sys.argv[1] == "models":
        write_models(sys.argv[2], Path(sys.argv[3]))
    else:
        plain_merge(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
