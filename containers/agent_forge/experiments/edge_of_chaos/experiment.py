"""E9: does the controller keep a growing learner at the edge, where fixed difficulties and a ramp do not?

The learner is simulated: it answers right with probability sigmoid(k (skill - D)), and its skill grows more
slowly than the controller can follow. So this shows that the law does what it says; that a model learns more
at the edge is another claim, and it is not made here.
Expected: in the band in at least four of five windows, few changes of direction; a fixed difficulty and a
ramp that does not look at answers are in the band for a while only.
"""

import math
import random

from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings
from agent_forge.training.edge_controller import Edge, EdgeState

WARM_UP = 10  # windows until the band is asked for
FIRST_SKILL = 0.3


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """One learner over all windows; the share of windows in the band is by its true chance too."""
    rng, edge = random.Random(seed), Edge(first=0.2)
    windows, batch = int(settings["windows"]), int(settings["batch"])
    policy, steepness = str(settings["policy"]), float(settings["steepness"])
    state = EdgeState(difficulty=edge.first)
    inside = truly_inside = 0
    while state.windows < windows:
        before, progress = state.windows, state.windows / windows
        skill = FIRST_SKILL + float(settings["growth"]) * before
        difficulty = {"control": state.difficulty, "fixed": edge.first, "ramp": progress}[policy]
        chance = 1.0 / (1.0 + math.exp(-steepness * (skill - difficulty)))
        state = state.answered(edge, sum(rng.random() < chance for _ in range(batch)), batch)
        if state.windows > before >= WARM_UP and state.success is not None:
            inside += abs(state.success - edge.target) <= edge.band
            truly_inside += abs(chance - edge.target) <= edge.band
    counted = windows - WARM_UP
    return {
        "in_band": inside / counted, "truly_in_band": truly_inside / counted,
        "turned": state.turns / state.moves if state.moves else 0.0, "difficulty": state.difficulty,
    }  # fmt: skip


EXPERIMENT = Experiment(
    id="E9",
    title="Difficulty control at the edge",
    claim="The controller keeps a simulated learner whose skill grows in its band of right answers.",
    source="Wilson et al. 2019 (Nature Communications 10:4646) for a target rate of errors; the law is ours",
    metric="in_band",
    direction="higher",
    baseline="fixed",
    arms=(
        Arm(name="control", description="moves by a fifth of the error", settings={"policy": "control"}),
        Arm(name="fixed", description="the first difficulty always", settings={"policy": "fixed"}),
        Arm(name="ramp", description="linear to the hardest", settings={"policy": "ramp"}),
        Arm(name="too-fast", description="control of a learner that grows three times as fast",
            settings={"policy": "control", "growth": 0.009}),
    ),
    lines=(
        Line(id="in-band", text="in the band in at least .80 of the windows after 10", arm="control",
             measure="in_band", op=">=", bound=0.80),
        Line(id="steady", text="at most .30 of the moves turn round", arm="control", measure="turned",
             op="<=", bound=0.30),
        Line(id="fixed-leaves", text="a fixed difficulty is in it at most half of the time", arm="fixed",
             measure="in_band", op="<=", bound=0.5, level="expected"),
        Line(id="ramp-leaves", text="a ramp too", arm="ramp", measure="in_band", op="<=", bound=0.5,
             level="expected"),
        Line(id="has-limits", text="a learner that grows by .009 a window is not kept", arm="too-fast",
             measure="in_band", op="<=", bound=0.80, level="expected"),
    ),
    comparisons=tuple(Comparison(arm="control", baseline=b, measure="in_band") for b in ("fixed", "ramp")),
    budgets={
        "full": {"windows": 200, "batch": 20, "steepness": 6.0, "growth": 0.003},
        "ci": {"windows": 14, "batch": 20, "steepness": 6.0, "growth": 0.003},
    },
    trial=trial,
    notes="A simulated learner: nothing is said of a model. Growth of skill is per window of 200 answers; at"
    " more than about .004 the moves fall behind.",
)  # fmt: skip
