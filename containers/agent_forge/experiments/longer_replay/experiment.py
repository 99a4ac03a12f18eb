"""E8B: E8 failed by the second task, which 300 steps do not always suffice for.

Source: LAMOL, Sun, Ho, Lee 2020 (arXiv 1909.03329), section 3. Tasks, model, replay and bounds are E8's. The
second task has 600 steps instead of 300 in every arm, the first 2,000 instead of 1,200. E8's record stays as
it is.
Expected: as E8.
"""

from dataclasses import replace

from agent_forge.experiments.dream_replay.experiment import EXPERIMENT as E8
from agent_forge.experiments.dream_replay.experiment import trial as trial_in
from agent_forge.experiments.experiment import Line, Settings

LEFT_OUT = ("live", "gated")  # measured by E8
FIRST_STEPS, STEPS = 2000, 600
KNOWN = Line(
    id="knows", text="the first task was known before", arm="distil", measure="first_before", op=">=",
    bound=0.9,
)  # fmt: skip


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """E8's; longer by its budget alone."""
    return trial_in(settings, seed)


EXPERIMENT = replace(
    E8,
    id="E8B",
    title="Dream cycles, trained longer",
    claim=E8.claim.replace("learns a second task", "learns a second task to its end"),
    arms=tuple(arm for arm in E8.arms if arm.name not in LEFT_OUT),
    lines=(KNOWN, *E8.lines),
    comparisons=tuple(c for c in E8.comparisons if not {c.arm, c.baseline} & set(LEFT_OUT)),
    budgets={
        "full": {**E8.budgets["full"], "first_steps": FIRST_STEPS, "steps": STEPS}, "ci": E8.budgets["ci"]
    },
    trial=trial,
    parts=(*E8.parts, "experiments/dream_replay"),
    notes="Made after E8 had failed on seed 1. Changed: 600 steps for the second task and 2,000 for the"
    " first, in every arm; the arms `live` and `gated` are left out, bounds are E8's, and one asks that the"
    " first task was known. Chosen on other seeds than the record's: on seed 21 a first task of 2,000 steps"
    " left 43 % of the second unlearned after 300 steps with dreams, 63 % with real rows, and none after 600;"
    " on seed 22 the first task was unknown after 1,200 steps, and known on seeds 21 to 26 after 2,000."
    " Tagged tasks and a teacher that is right: the best case.",
)  # fmt: skip
