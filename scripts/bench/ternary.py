"""Packed ternary matrices and whole models beside torch: one thread, wall time, in turns, one process.

Figures are printed as one line of JSON.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import torch

from agent_forge.determinism import prepare_process
from agent_forge.evaluation.timing import Times, timed_in_turns
from agent_forge.experiments.ternary_speed.experiment import decoders, matrices
from agent_forge.models.compiled_kernel import kernel_in_use
from agent_forge.models.packing import TWO_BIT, pack
from agent_forge.models.ternary_kernel import ternary_product

SEED = 1
SIDES = (384, 512, 1024, 2048)
SHAPES = {"demo": "1.9 M parameters, width 256", "large": "24.4 M parameters, width 384"}
FLOOR = {"of": "ratio", "op": ">=", "bound": 2}
AIM = {"of": "ratio", "op": ">=", "bound": 3}


def figure(name: str, times: dict[str, Times], beside: str, **targets: Any) -> dict[str, Any]:
    """How often a second the packed form is done, with the same of another, taken in turns with it."""

    def a_second(way: str) -> list[float]:
        return [1000 / milliseconds for milliseconds in times[way].milliseconds]

    limit = {"what": f"torch {beside}, same shape", "values": a_second(beside)}
    return {
        "name": f"{name}, beside {beside}",
        "unit": "/s",
        "values": a_second("packed"),
        "limit": limit,
        "note": f"kernel: {kernel_in_use()}",
        **targets,
    }


def kernel(side: int) -> dict[str, Callable[[], object]]:
    """The integer product of a token that is int8 already, and the same product in fp32."""
    generator = torch.Generator().manual_seed(SEED)
    codes = torch.randint(-1, 2, (side, side), generator=generator).to(torch.int8)
    values = torch.randint(-128, 128, (1, side), generator=generator).to(torch.int8)
    packed, weight, x = pack(codes, TWO_BIT), codes.float(), values.float()
    return {
        "packed": lambda: ternary_product(packed, values, side),
        "fp32": lambda: torch.nn.functional.linear(x, weight),
    }


def main(size: str) -> None:
    """Print the figures."""
    prepare_process(SEED, 1)
    repeats = 60 if size == "full" else 2
    found = []
    with torch.no_grad():
        for side in SIDES:
            times = timed_in_turns(matrices(side, SEED), repeats=repeats, inner=20)
            name = f"one token through {side} x {side}"
            found += [figure(name, times, "fp32"), figure(name, times, "bf16")]
        times = timed_in_turns(kernel(1024), repeats=repeats, inner=20)
        found.append(figure("the kernel alone, 1024 x 1024", times, "fp32", floor=FLOOR, aim=AIM))
        for shape, described in SHAPES.items() if size == "full" else [("tiny", "smoke run")]:
            times = timed_in_turns(decoders(shape, SEED), repeats=repeats)
            name = f"one decoded token, {described}"
            found += [figure(name, times, "fp32"), figure(name, times, "bf16")]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
