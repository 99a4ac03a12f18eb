"""E5V: do packed ternary weights run 3.8 times faster?

The figure was claimed for this product's first version, without saying beside what. Measured here: a whole
model that decodes token by token, beside the same model in fp32, fp16 and bf16, and single matrices, in
turns, in one process, on one thread. Matrices grow with the square of the width, and the program around them
(norms, attention, memory, the head) does not: the larger the model, the nearer the whole comes to its
matrices.
"""

import time
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.evaluation.timing import timed_in_turns
from agent_forge.experiments.experiment import Arm, Experiment, Line, Settings
from agent_forge.experiments.ternary_size.shapes import drawn
from agent_forge.models.compiled_kernel import compile_library
from agent_forge.models.packed_linear import PackedLinear, use_packed
from agent_forge.models.ternary import ternarise, ternary_projections
from agent_forge.models.titan import TinyTitan

CLAIMED, PROMPT = 3.8, 32
HALVES = {"fp16": torch.float16, "bf16": torch.bfloat16}
PRECISIONS = ("fp32", *HALVES)


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """CPU milliseconds of packed and of each precision, and what packed is faster by."""
    compile_library()
    side, repeats = int(settings.get("side", 0)), int(settings["repeats"])
    with torch.no_grad():
        ways = matrices(side, seed) if side else decoders(_shape(settings), seed)
        times = timed_in_turns(ways, repeats=repeats, inner=20 if side else 1, clock=time.thread_time)
    packed = times["packed"]
    return {
        **{f"{name}_ms": found.median for name, found in times.items()},
        **{f"speed_up_{name}": times[name].median / packed.median for name in PRECISIONS},
        "speed_up_fp32_least": times["fp32"].least / packed.least,
    }


def _shape(settings: Settings) -> str:
    return "tiny" if settings["tiny"] else str(settings["shape"])


def matrices(side: int, seed: int) -> dict[str, Callable[[], object]]:
    """One token through a square projection; packed quantises the token as well."""
    weight = torch.randn(side, side, generator=torch.Generator().manual_seed(seed))
    x = torch.randn(1, side, generator=torch.Generator().manual_seed(seed + 1))
    packed = PackedLinear(*ternarise(weight))
    halves = {name: partial(F.linear, x.to(dtype), weight.to(dtype)) for name, dtype in HALVES.items()}
    return {"packed": lambda: packed(x), "fp32": lambda: F.linear(x, weight), **halves}


def decoders(shape: str, seed: int) -> dict[str, Callable[[], object]]:
    """One decoding step after a prompt, of the same weights in four forms."""
    plain, packed = drawn(shape, seed, ternary=False), drawn(shape, seed, ternary=True)
    use_packed(packed, {n: ternarise(each.weight) for n, each in ternary_projections(packed)})
    tokens = torch.randint(64, (1, PROMPT + 1), generator=torch.Generator().manual_seed(seed))
    halves = {
        name: decoder(drawn(shape, seed, ternary=False), tokens, dtype) for name, dtype in HALVES.items()
    }
    return {"packed": decoder(packed, tokens), "fp32": decoder(plain, tokens), **halves}


def decoder(model: TinyTitan, tokens: Tensor, precision: torch.dtype = torch.float32) -> Callable[[], object]:
    """A step of this model after all tokens but the last; projections of blocks in `precision`."""
    if precision is not torch.float32:
        for module in list(model.blocks.modules()):
            if isinstance(module, torch.nn.Linear):
                module.to(precision)
                module.register_forward_pre_hook(lambda _, inputs: (inputs[0].to(precision),))
                module.register_forward_hook(lambda _, __, output: output.float())
    with torch.no_grad():
        state = model(tokens[:, :-1], compact=True).state
    return lambda: model.step(state, tokens[:, -1])


def _whole(name: str, shape: str, description: str) -> Arm:
    return Arm(name=name, description=description, settings={"shape": shape})


SIDES = (384, 512, 1024, 2048)
EXPERIMENT = Experiment(
    id="E5V",
    title="Speed of ternary models",
    claim="A packed ternary model decodes 3.8 times faster than the same model in fp32, and in fp16.",
    source="this product's first version; BitNet b1.58 (arXiv 2402.17764), section 3",
    metric="speed_up_fp32",
    direction="higher",
    baseline="large",
    arms=(
        _whole("large", "large", "whole model, 24.4 M parameters, width 384"),
        _whole("demo", "demo", "whole model, 1.9 M parameters, width 256"),
        *(Arm(name=f"matrix-{side}", description=f"one {side} x {side} projection", settings={"side": side})
          for side in SIDES),
    ),
    lines=(
        Line(id="whole-model", text="whole model of 24.4 M parameters at least 3.8 times fp32", arm="large",
             measure="speed_up_fp32", op=">=", bound=CLAIMED),
        Line(id="whole-model-fp16", text="whole model at least 3.8 times fp16 matrices", arm="large",
             measure="speed_up_fp16", op=">=", bound=CLAIMED),
        Line(id="whole-model-bf16", text="whole model at least 3.8 times bf16 matrices", arm="large",
             measure="speed_up_bf16", op=">=", bound=CLAIMED, level="expected"),
        *(Line(id=f"matrix-{side}-{name}", text=f"{side} x {side}: at least 3.8 times {name}",
               arm=f"matrix-{side}", measure=f"speed_up_{name}", op=">=", bound=CLAIMED, level="expected")
          for name in PRECISIONS for side in SIDES),
    ),
    comparisons=(),
    budgets={"full": {"tiny": False, "repeats": 60}, "ci": {"tiny": True, "repeats": 2}},
    trial=trial,
    notes="CPU time of one thread on this machine, which other work shared; the ratios are those of medians"
    " taken in turns. By wall time a busy machine interrupts long calls more often than short ones."
    " fp16 and bf16 have no vector units of their own on many processors, so they can be slower than fp32"
    " here; in a whole model the matrices of blocks are in 16 bits, all else in fp32.",
)  # fmt: skip
