"""Task vectors of E3A, whose right merge is known: each writes where the other has nothing to say, and some
of what it writes there contradicts.

Legend: N entries.
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from agent_forge.experiments.experiment import Settings
from agent_forge.merging.merge import merge
from agent_forge.merging.recipe import Recipe

Floats = NDArray[np.float32]
SHARE, CONTRADICTED = 0.1, 0.25  # of all entries, of a vector's own ones
SIGNAL, NOISE, CONTRADICTION = 1.0, 0.05, -0.2
MODELS, TENSOR = ("first", "second"), "weight"


@dataclass(frozen=True)
class Drawn:
    """Both task vectors (N,), and the signal of both together (N,), which is what a merge should give."""

    first: Floats
    second: Floats
    signal: Floats


def draw(seed: int, size: int) -> Drawn:
    """Signals of size 1 on disjoint tenths, noise everywhere, -.2 on a quarter of the other's signal."""
    rng = np.random.default_rng(seed)
    own = int(SHARE * size)
    places = rng.permutation(size)[: 2 * own].reshape(2, own)
    vectors = rng.normal(0.0, NOISE, (2, size)).astype(np.float32)
    signal = np.zeros(size, dtype=np.float32)
    for vector, other, mine in ((0, 1, places[0]), (1, 0, places[1])):
        vectors[vector, mine] += SIGNAL
        vectors[other, mine[: int(CONTRADICTED * own)]] += CONTRADICTION
        signal[mine] = SIGNAL
    return Drawn(vectors[0], vectors[1], signal)


def merged(drawn: Drawn, settings: Settings) -> Floats:
    """What a method makes of both vectors on a base of zeros (N,)."""
    names = ("base", *MODELS)
    tensors = (np.zeros_like(drawn.signal), drawn.first, drawn.second)
    parameters = {key: value for key, value in settings.items() if key in ("density", "lambda")}
    recipe = Recipe(
        method=str(settings["method"]), models=MODELS, base="base", parameters=parameters,
        per_model={name: {"weight": 1.0} for name in MODELS},
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="forge-merge-") as room:
        folders = {name: Path(room) / name for name in names}
        for name, tensor in zip(names, tensors, strict=True):
            folders[name].mkdir()
            save_file({TENSOR: tensor}, folders[name] / "model.safetensors")
            (folders[name] / "config.json").write_text(json.dumps({}), encoding="utf-8")
        out = Path(room) / "result"
        merge(recipe, folders, out)
        found: Floats = load_file(out / "model.safetensors")[TENSOR]
        return found


def relative_error(found: Floats, wanted: Floats) -> float:
    """|found - wanted| / |wanted| in the L2 norm."""
    return float(np.linalg.norm(found.astype(np.float64) - wanted) / np.linalg.norm(wanted))
