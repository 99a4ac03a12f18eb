"""E11B: E11 failed because three quarters of a change came .00002 nats nearer than all of it, on one seed.

Source: as E11, Prompt Baking, Bhargava et al. 2024 (arXiv 2409.13697). Task, network and all other bounds are
E11's. E11 asked that a divergence measured on 256 sampled answers never rises with more of the change,
without a tolerance. Here it may rise by what such a measurement cannot tell from nothing: two standard
errors of the paired difference over the same 256 answers, computed on each seed from its own answers. E11's
record stays.
Expected: as E11, and no rise beyond the noise.
"""

import copy
from dataclasses import replace
from itertools import pairwise

from torch import Tensor

from agent_forge.experiments.experiment import Settings
from agent_forge.experiments.prompt_baking.ciphers import LENGTH, questions, schooled
from agent_forge.experiments.prompt_baking.experiment import (
    EXPERIMENT as E11,
)
from agent_forge.experiments.prompt_baking.experiment import (
    FIRST,
    STRENGTHS,
    bake,
    courses,
    measured,
    retained,
)
from agent_forge.models.titan import TinyTitan
from agent_forge.models.weight_delta import add_delta
from agent_forge.training.answers import answer_all, distance, speaker

ERRORS = 2.0  # standard errors that a rise may have


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Bake as the arm says; E11's measures, and by how much the divergence rises beyond the noise."""
    known = schooled(seed, int(settings["school_steps"]), float(settings["school_rate"]), False)
    courses_of = courses(str(settings["course"]))
    deltas = [bake(known, marks, prompt, settings, seed) for marks, prompt in courses_of]
    models = [copy.deepcopy(known) for _ in (*STRENGTHS, 1.0)]
    for model, strength in zip(models, (*STRENGTHS, 1.0), strict=True):
        for delta in deltas:
            add_delta(model, delta, strength)
    count = int(settings["questions"])
    kl_N = [divergences(known, model, count, seed) for model in models]
    rises = [rise(farther_N, nearer_N) for farther_N, nearer_N in pairwise(kl_N)]
    found = measured(known, models[-1], FIRST, count, seed)
    return {
        **found, "retain_kl": retained(known, models[-1], seed),
        **{f"kl_{round(100 * s)}": float(kl.mean()) for s, kl in zip(STRENGTHS, kl_N, strict=False)},
        "largest_rise": max(each for each, _ in rises),
        "rise_beyond_noise": max(each - ERRORS * error for each, error in rises),
    }  # fmt: skip


def divergences(known: TinyTitan, baked: TinyTitan, count: int, seed: int) -> Tensor:
    """Nats a token from the prompted model, answer by answer, (N,), on the answers that E11 measures on."""
    mark, prompt = FIRST
    inputs = questions(mark, count, seed + 77_000_003).tolist()
    answers = answer_all(known, prompt, inputs, LENGTH, seed=seed + 1)
    return distance(speaker(known), speaker(baked), answers, 256).kl_N


def rise(farther_N: Tensor, nearer_N: Tensor) -> tuple[float, float]:
    """Mean of what should not be above 0, and its standard error over the answers."""
    change_N = (nearer_N - farther_N).double()
    error = float(change_N.std()) / len(change_N) ** 0.5 if len(change_N) > 1 else 0.0
    return float(change_N.mean()), error


EXPERIMENT = replace(
    E11,
    id="E11B",
    title="Prompt baking, within the noise of its measure",
    claim=E11.claim,
    arms=tuple(arm for arm in E11.arms if arm.name in ("unbaked", "full")),
    lines=tuple(
        replace(
            line, text="more of the delta is not farther by more than two standard errors",
            measure="rise_beyond_noise", op="<=", bound=0.0,
        ) if line.id == "full-monotone" else line
        for line in E11.lines if line.arm in ("unbaked", "full")
    ),
    comparisons=tuple(
        each for each in E11.comparisons if {each.arm, each.baseline} <= {"unbaked", "full"}
    ),
    trial=trial,
    parts=(*E11.parts, "experiments/prompt_baking"),
    notes="Made after E11 had failed, for seeds that E11 has not seen (4, 5, 6). Changed: the bound on the"
    " order of strengths allows two standard errors of the paired difference; all other bounds are E11's."
    " The tolerance was fixed before any of these seeds was run. " + E11.notes,
)  # fmt: skip
