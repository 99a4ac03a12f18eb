"""E11: does a model without a prompt do what it did with one, after its weights were baked?

Source: Prompt Baking, Bhargava et al. 2024 (arXiv 2409.13697): forward KL to the prompted model over its own
answers. The retain term, the strength of a delta and the tests in sequence are ours.
Expected: at this size the divergence falls below .05 nats a token in 60 steps, and prompting a baked model
again disturbs it, which is the opposite of what the paper reports of large models.
"""

import copy
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch

from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings
from agent_forge.experiments.prompt_baking.ciphers import (
    BATCH,
    DASHED,
    DOTTED,
    FIRST_PROMPT,
    LENGTH,
    SECOND_PROMPT,
    Rotations,
    questions,
    recipe_of,
    schooled,
)
from agent_forge.models.low_rank import add_adapters
from agent_forge.models.titan import TinyTitan
from agent_forge.models.weight_delta import add_delta, low_rank_delta, whole_delta
from agent_forge.training.answers import (
    Answers,
    answer_all,
    distance,
    divergence,
    likeliest_answers,
    speaker,
)
from agent_forge.training.loop import train_step
from agent_forge.training.prompt_kl import PromptedBatches, PromptKL
from agent_forge.training.training_state import Training

FIRST, SECOND = (DOTTED, FIRST_PROMPT), (DASHED, SECOND_PROMPT)
Told = tuple[tuple[int, ...], tuple[int, ...]]  # marks of the inputs, and the prompt
STRENGTHS = (0.25, 0.5, 0.75)


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Bake as the arm says, and measure on inputs that were not trained on."""
    ternary = bool(settings["ternary"])
    known = schooled(seed, int(settings["school_steps"]), float(settings["school_rate"]), ternary)
    baked, deltas = copy.deepcopy(known), list[dict[str, torch.Tensor]]()
    for marks, prompt in courses(str(settings["course"])):
        deltas.append(bake(baked, marks, prompt, settings, seed))
        add_delta(baked, deltas[-1])
    found = measured(known, baked, FIRST, int(settings["questions"]), seed)
    second = measured(known, baked, SECOND, int(settings["questions"]), seed)
    found |= {
        "second_kl": second["kl"],
        "second_exact": second["exact"],
        "retain_kl": retained(known, baked, seed),
    }
    for strength in STRENGTHS:
        less = copy.deepcopy(known)
        for delta in deltas:
            add_delta(less, delta, strength)
        part = measured(known, less, FIRST, int(settings["questions"]), seed)
        found[f"kl_{round(100 * strength)}"] = part["kl"]
        found[f"exact_{round(100 * strength)}"] = part["exact"]
    path = [found["kl_25"], found["kl_50"], found["kl_75"], found["kl"]]
    return {**found, "monotone": float(all(farther >= nearer for farther, nearer in pairwise(path)))}


def courses(name: str) -> Sequence[Told]:
    """What an arm bakes, one after the other: marks of the inputs, and the prompt."""
    first, second = ((FIRST[0],), FIRST[1]), ((SECOND[0],), SECOND[1])
    union = ((FIRST[0], SECOND[0]), FIRST[1] + SECOND[1])
    return {"none": (), "first": (first,), "sequence": (first, second), "union": (union,)}[name]


def bake(
    model: TinyTitan, marks: Sequence[int], prompt: Sequence[int], settings: Settings, seed: int
) -> dict[str, torch.Tensor]:
    """The delta of one bake; the model is left as it was."""
    rows = torch.cat([questions(mark, int(settings["answers"]), seed + 31 * mark) for mark in marks])
    answers = answer_all(model, prompt, rows.tolist(), LENGTH, seed=seed)
    student, steps = copy.deepcopy(model), int(settings["steps"])
    low_rank = settings["method"] == "low-rank"
    if low_rank:
        add_adapters(student, int(settings["rank"]), 2.0 * int(settings["rank"]), seed)
    teacher = None if low_rank else model
    batches = PromptedBatches(answers, BATCH, seed, Rotations(seed), float(settings["retain_weight"]))
    recipe = recipe_of(steps, float(settings["learning_rate"]), PromptKL(lambda _: 0.0, teacher))
    training = Training.begin(student.train(), 0.0)
    for step in range(steps):
        train_step(training, batches.batch(step), recipe, step)
    student.eval()
    return low_rank_delta(student) if low_rank else whole_delta(model.state_dict(), student.state_dict())


def measured(
    known: TinyTitan, baked: TinyTitan, told: tuple[int, tuple[int, ...]], count: int, seed: int
) -> dict[str, float]:
    """Of one prompt, on fresh inputs: unprompted, and with the prompt given once more."""
    mark, prompt = told
    inputs = questions(mark, count, seed + 77_000_003).tolist()
    answers = answer_all(known, prompt, inputs, LENGTH, seed=seed + 1)
    plain, again = (_distance(known, baked, answers, prompted) for prompted in (False, True))
    said = likeliest_answers(baked, [], inputs, LENGTH)
    should = likeliest_answers(known, prompt, inputs, LENGTH)
    return {
        "kl": plain[0], "agreement": plain[1], "reprompted_kl": again[0], "reprompted_agreement": again[1],
        "exact": sum(mine == theirs for mine, theirs in zip(said, should, strict=True)) / count,
    }  # fmt: skip


def _distance(known: TinyTitan, baked: TinyTitan, answers: Answers, prompted: bool) -> tuple[float, float]:
    found = distance(speaker(known), speaker(baked), answers, 256, prompted=prompted)
    return float(found.kl_N.mean()), float(found.agreement_N.mean())


@torch.no_grad()
def retained(known: TinyTitan, baked: TinyTitan, seed: int) -> float:
    """KL in nats a token on rows that the prompts have nothing to do with, answers only."""
    tokens = Rotations(seed + 99_000_001, 256).batch(0).tokens[:, :-1]
    return float(divergence(speaker(known)(tokens), speaker(baked)(tokens))[:, -LENGTH:].mean())


CRITERIA: tuple[tuple[str, str, str, Literal["<=", ">="], float], ...] = (
    ("kl", "at most .05 nats a token from the prompted model", "kl", "<=", 0.05),
    ("exact", "at least .95 of the answers are the prompted model's", "exact", ">=", 0.95),
    ("monotone", "more of the delta is never farther from it", "monotone", ">=", 1.0),
    ("retain", "at most .1 nats a token elsewhere", "retain_kl", "<=", 0.1),
)


def criteria(arm: str, level: Literal["must", "expected"]) -> tuple[Line, ...]:
    """What an arm is held to."""
    return tuple(
        Line(id=f"{arm}-{name}", text=text, arm=arm, measure=measure, op=op, bound=bound, level=level)
        for name, text, measure, op, bound in CRITERIA
    )


COMMON: Settings = {"course": "first", "method": "full", "ternary": False}

EXPERIMENT = Experiment(
    id="E11",
    title="Prompt baking",
    claim="What a model does behind a prompt it does without it after at most 60 steps of baking.",
    source="Prompt Baking, Bhargava et al. 2024 (arXiv 2409.13697)",
    metric="kl",
    direction="lower",
    baseline="unbaked",
    arms=(
        Arm(name="unbaked", description="no bake", settings={**COMMON, "course": "none"}),
        Arm(name="full", description="all weights", settings=COMMON),
        Arm(name="low-rank", description="adapters of low rank inside the projections",
            settings={**COMMON, "method": "low-rank", "learning_rate": 3e-3}),
        Arm(name="unretained", description="as full, without the retain term",
            settings={**COMMON, "retain_weight": 0.0}),
        Arm(name="ternary", description="as full, of a ternary model that learned the same",
            settings={**COMMON, "ternary": True, "learning_rate": 2e-3}),
        Arm(name="ternary-low-rank", description="adapters inside the quantiser",
            settings={**COMMON, "ternary": True, "method": "low-rank", "learning_rate": 6e-3}),
        Arm(name="sequence", description="the first prompt, then a second",
            settings={**COMMON, "course": "sequence"}),
        Arm(name="union", description="both prompts at once", settings={**COMMON, "course": "union"}),
    ),
    lines=(
        *criteria("full", "must"),
        Line(id="needed", text="without a bake at most .05 of the answers are the prompted model's",
             arm="unbaked", measure="exact", op="<=", bound=0.05),
        *criteria("low-rank", "expected"),
        *criteria("ternary", "expected"),
        *criteria("ternary-low-rank", "expected"),
        Line(id="again", text="prompted again, at least .75 of the first choices stay", arm="full",
             measure="reprompted_agreement", op=">=", bound=0.75, level="expected"),
        *(Line(id=f"{arm}-{number}", text=f"the {number} prompt is at most .05 nats a token away", arm=arm,
               measure=measure, op="<=", bound=0.05, level="expected")
          for arm in ("sequence", "union")
          for number, measure in (("first", "kl"), ("second", "second_kl"))),
    ),
    comparisons=(
        *(Comparison(arm="full", baseline=baseline, measure="kl") for baseline in ("unbaked", "low-rank")),
        Comparison(arm="full", baseline="unbaked", measure="reprompted_agreement"),
        Comparison(arm="full", baseline="unretained", measure="retain_kl"),
        Comparison(arm="sequence", baseline="union", measure="kl"),
        Comparison(arm="sequence", baseline="full", measure="kl"),
    ),
    budgets={
        "full": {"school_steps": 1200, "school_rate": 3e-3, "steps": 60, "learning_rate": 1e-3, "rank": 16,
                 "answers": 1024, "retain_weight": 0.1, "questions": 256},
        "ci": {"school_steps": 6, "school_rate": 3e-3, "steps": 2, "learning_rate": 1e-3, "rank": 2,
               "answers": 48, "retain_weight": 0.1, "questions": 8},
    },
    trial=trial,
    notes="One prompt with three tokens, six letters, and a model that was taught to obey it: an easy case."
    " Rates were chosen on seed 0, which is not among those that decide.",
)  # fmt: skip
