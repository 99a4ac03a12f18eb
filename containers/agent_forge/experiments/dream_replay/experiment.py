"""E8: do dreams keep what a model knew while it learns something else?

Source: LAMOL, Sun, Ho, Lee 2020 (arXiv 1909.03329), section 3: the language model makes pseudo-samples of
earlier tasks and replays them. The dreams are those of phase 5. LAMOL has one snapshot and no way back, and
so have the arms that decide; `gated` adds phase 5's gate, `live` dreams of the model under training.
Expected: without replay the first task is forgotten; with dreams it is kept nearly as well as with real rows,
at little cost for the second.
"""

import math
from collections.abc import Callable, Mapping
from typing import cast

import torch
import torch.nn.functional as F

from agent_forge.data.packing import Sampler
from agent_forge.experiments.dream_replay.strings import (
    BATCH,
    REVERSE,
    SHIFT,
    WIDTH,
    TaskRows,
    accuracy,
    draw,
    pretrained,
    recipe_of,
    right_dreams,
)
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Measures, Settings
from agent_forge.models.titan import TinyTitan
from agent_forge.training.dreams import DreamPlan, Dreams
from agent_forge.training.loop import train_step
from agent_forge.training.mixed_batches import MixedBatches
from agent_forge.training.mixed_objective import MixedObjective
from agent_forge.training.training_state import Training


class RealRows:
    """Rows of the first task itself in the dreams' place."""

    def __init__(self, share: float, seed: int) -> None:
        self.share, self._seed = share, seed

    def rows(self, step: int, new_rows: int) -> torch.Tensor:
        """As many as there would be dreams."""
        data = torch.Generator().manual_seed(self._seed * 7_000_003 + step)
        return draw(data, REVERSE, max(1, round(self.share * new_rows)))


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Teach one arm the second task; ask both tasks before and after."""
    known = pretrained(seed, int(settings["first_steps"]), float(settings["learning_rate"]))
    questions = int(settings["questions"])
    before = accuracy(known, REVERSE, questions, seed)
    model = TinyTitan(known.config)
    model.load_state_dict(known.state_dict())
    model.train()
    dreams = learn(model, settings, seed)
    after, second = (accuracy(model, task, questions, seed) for task in (REVERSE, SHIFT))
    found = {
        "first_before": before, "first_after": after, "second_after": second, "forgotten": before - after,
        "kept_ratio": after / max(before, 1e-6),
    }  # fmt: skip
    if dreams is not None:
        found |= {
            "right_dreams": right_dreams(dreams.rows(0, BATCH)),
            "rollbacks": float(dreams.state.rollbacks),
        }
    if "without_forgotten" in settings:
        found["forgotten_ratio"] = found["forgotten"] / max(float(settings["without_forgotten"]), 1e-6)
        found["second_lost"] = float(settings["without_second"]) - second
    return found


def learn(model: TinyTitan, settings: Settings, seed: int) -> Dreams | None:
    """Train on the second task as the arm says, in place."""
    kind, share, steps = str(settings["replay"]), float(settings["share"]), int(settings["steps"])
    dreams = None
    if kind in ("distil", "sample", "live", "gated"):
        plan = DreamPlan(
            share=share, wake=int(settings["wake"]) if kind in ("live", "gated") else steps, prompt=1,
            length=WIDTH, tolerance=0.02 if kind == "gated" else math.inf,
        )  # fmt: skip
        tag = torch.full((64,), REVERSE)
        dreams = Dreams(plan, model, tag, anchor_of(seed), seed, BATCH)
    teacher = dreams.teacher if dreams is not None and kind != "sample" else None
    companions = {} if dreams is None else {"dreams": dreams}
    training = Training.begin(model, 0.01, companions=companions)
    for companion in companions.values():
        companion.begin(training)
    replayed = RealRows(share, seed) if kind == "real" else dreams
    batches = MixedBatches(cast(Sampler, TaskRows(SHIFT, seed)), None, replayed)
    objective = MixedObjective(tau=lambda _: 0.0, teacher=teacher)
    recipe = recipe_of(steps, float(settings["learning_rate"]), objective)
    for step in range(steps):
        batch = batches.batch(step)
        training.after(batch, step, train_step(training, batch, recipe, step))
    return dreams


def anchor_of(seed: int) -> Callable[[TinyTitan], float]:
    """Loss on rows of the first task that nobody trains on."""
    rows = draw(torch.Generator().manual_seed(seed + 55_000_003), REVERSE, 256)

    def anchor(model: TinyTitan) -> float:
        with torch.no_grad():
            logits = model.eval()(rows[:, :-1], compact=True).logits_BTV
        return float(F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten()))

    return anchor


def beside_none(earlier: Mapping[str, Measures]) -> Settings:
    """What the same seed forgot and learned without replay."""
    none = earlier["none"]
    return {"without_forgotten": none["forgotten"], "without_second": none["second_after"]}


EXPERIMENT = Experiment(
    id="E8",
    title="Dream cycles",
    claim="Dreams of a frozen snapshot keep what a model knew while it learns a second task.",
    source="LAMOL, Sun, Ho, Lee 2020 (arXiv 1909.03329), section 3",
    metric="first_after",
    direction="higher",
    baseline="none",
    arms=(
        Arm(name="none", description="no replay", settings={"replay": "none"}),
        Arm(name="distil", description="dreams, learned by the snapshot's distribution", derive=beside_none,
            settings={"replay": "distil"}),
        Arm(name="sample", description="dreams, learned by their tokens", derive=beside_none,
            settings={"replay": "sample"}),
        Arm(name="real", description="real rows of the first task", derive=beside_none,
            settings={"replay": "real"}),
        Arm(name="live", description="dreams of the model under training", derive=beside_none,
            settings={"replay": "live"}),
        Arm(name="gated", description="as distil, with cycles that are undone where they forget",
            derive=beside_none, settings={"replay": "gated"}),
    ),
    lines=(
        Line(id="kept", text="at least .9 of the first task's accuracy is kept", arm="distil",
             measure="kept_ratio", op=">=", bound=0.9),
        Line(id="a-third", text="at most a third of what is forgotten without replay", arm="distil",
             measure="forgotten_ratio", op="<=", bound=1 / 3),
        Line(id="learns", text="at most two points of the second task lost", arm="distil",
             measure="second_lost", op="<=", bound=0.02),
        Line(id="sampled-too", text="tokens alone keep .9 as well", arm="sample", measure="kept_ratio",
             op=">=", bound=0.9, level="expected"),
        Line(id="real-is-the-bound", text="real rows keep .9", arm="real", measure="kept_ratio", op=">=",
             bound=0.9, level="expected"),
    ),
    comparisons=(
        *(Comparison(arm="distil", baseline=baseline, measure="first_after")
          for baseline in ("none", "sample", "real", "live", "gated")),
        Comparison(arm="gated", baseline="distil", measure="second_after"),
    ),
    budgets={
        "full": {"first_steps": 1200, "steps": 300, "wake": 100, "share": 0.2, "learning_rate": 3e-3,
                 "questions": 512},
        "ci": {"first_steps": 4, "steps": 4, "wake": 2, "share": 0.05, "learning_rate": 3e-3,
               "questions": 32},
    },
    trial=trial,
    notes="Tagged tasks and a teacher that is right: the best case. Dreams cost the sampling and, with"
    " `distil`, a pass of the teacher. The gate was meant for the deciding arms, and was taken out of them"
    " after seed 11: an undone cycle of 100 of 300 steps left too few to learn the second task.",
)  # fmt: skip
