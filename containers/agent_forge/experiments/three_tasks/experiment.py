"""E3B: which merge operators keep what three fine-tunes of one base have learned?

Source: task arithmetic (arXiv 2212.04089), TIES (arXiv 2306.01708, section 4), DARE (arXiv 2311.03099),
DELLA (arXiv 2406.11617), breadcrumbs (arXiv 2312.06795), Model Stock (arXiv 2403.19522), soups (arXiv
2203.05482). Every operator merges the same fine-tunes; all questions of all tasks are asked.
Expected: at full scale TIES far better than the plain sum; at its best scale level with averaging, which is
all that is claimed.
"""

from collections.abc import Mapping

from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Measures, Settings
from agent_forge.experiments.three_tasks.merged import merged, recipes_of
from agent_forge.experiments.three_tasks.tasks import TASKS, Training, accuracies, family, score

THIRD = 1 / len(TASKS)
BY_PROBABILITY: Settings = {"rescale_by": "probability"}
MERGES: Mapping[str, Settings] = {
    "linear": {"method": "linear"},
    "slerp": {"method": "slerp"},
    "nuslerp": {"method": "nuslerp"},
    "karcher": {"method": "karcher"},
    "dfs": {"method": "dfs"},
    "model-stock": {"method": "model_stock"},
    "passthrough": {"method": "passthrough"},
    "sum-04": {"method": "task_arithmetic", "lambda": 0.4},
    "sum-07": {"method": "task_arithmetic", "lambda": 0.7},
    "sum-10": {"method": "task_arithmetic", "lambda": 1.0},
    "ties-20-07": {"method": "ties", "density": 0.2, "lambda": 0.7},
    "ties-20-10": {"method": "ties", "density": 0.2, "lambda": 1.0},
    "ties-50-07": {"method": "ties", "density": 0.5, "lambda": 0.7},
    "elect-07": {"method": "ties", "density": 1.0, "lambda": 0.7},
    "elect-10": {"method": "ties", "density": 1.0, "lambda": 1.0},
    "dare-50": {"method": "dare_linear", "density": 0.5, "weight": THIRD, **BY_PROBABILITY},
    "dare-10": {"method": "dare_linear", "density": 0.1, "weight": THIRD, **BY_PROBABILITY},
    "dare-ties-50": {"method": "dare_ties", "density": 0.5, "normalize": True, **BY_PROBABILITY},
    "dare-ties-10": {"method": "dare_ties", "density": 0.1, "normalize": True, **BY_PROBABILITY},
    "della": {"method": "della", "density": 0.6, **BY_PROBABILITY},
    "della-linear": {"method": "della_linear", "density": 0.6, "weight": THIRD, **BY_PROBABILITY},
    "breadcrumbs": {"method": "breadcrumbs", "density": 0.15, "lambda": 0.3},
    "breadcrumbs-ties": {"method": "breadcrumbs_ties", "density": 0.15, "normalize": True},
}
SUM, AVERAGE, TIES = "sum-10", "linear", ("ties-20-07", "ties-20-10", "ties-50-07", "elect-07", "elect-10")
DESCRIPTIONS = {
    "linear": "the average", "sum-10": "the plain sum", "slerp": "two by two", "nuslerp": "two by two",
    "passthrough": f"first layer of {TASKS[0]}, second of {TASKS[1]}", "ties-20-10": "the paper's setting",
}  # fmt: skip
DIFFERENCES = ("sum", "average", "single", "base")


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Ask a model of the family, or what a merge of it made."""
    models = family(seed, Training.of(settings))
    asked = models[str(settings["model"])] if "model" in settings else merged(models, recipes_of(settings))
    by_task = accuracies(asked)
    found = {"score": score(by_task), **dict(zip(TASKS, by_task, strict=True))}
    # `above_sum` is by how much the score is above that of the plain sum, and so on.
    return found | {
        f"above_{name}": found["score"] - float(settings[f"{name}_score"])
        for name in DIFFERENCES
        if f"{name}_score" in settings
    }


def against_sum(earlier: Mapping[str, Measures]) -> Settings:
    """What the plain sum reached."""
    return {"sum_score": earlier[SUM]["score"]}


def best_ties(earlier: Mapping[str, Measures]) -> Settings:
    """The settings of the TIES arm with the highest score, and what averaging reached."""
    best = max(TIES, key=lambda name: earlier[name]["score"])
    return {**MERGES[best], "average_score": earlier[AVERAGE]["score"]}


def best_merge(earlier: Mapping[str, Measures]) -> Settings:
    """The settings of the merge with the highest score, and what it is compared with."""
    best = max(MERGES, key=lambda name: earlier[name]["score"])
    singles = max(earlier[task]["score"] for task in TASKS)
    return {**MERGES[best], "single_score": singles, "base_score": earlier["base"]["score"]}


def _merge_arm(name: str, settings: Settings) -> Arm:
    shown = ", ".join(
        f"{key} {round(value, 3) if isinstance(value, float) else value}"
        for key, value in settings.items()
        if key in ("method", "lambda", "density", "weight")
    )
    note = f": {DESCRIPTIONS[name]}" if name in DESCRIPTIONS else ""
    derive = against_sum if name == "ties-20-10" else None
    return Arm(name=name, description=f"{shown}{note}", settings=settings, derive=derive)


EXPERIMENT = Experiment(
    id="E3B",
    title="Merge operators on three tasks",
    claim="At full scale TIES keeps more of three fine-tunes than their plain sum; at its best it is level"
    " with averaging; the best merge knows more than any one fine-tune.",
    source="TIES (arXiv 2306.01708), sections 3 and 4",
    metric="score",
    direction="higher",
    baseline=AVERAGE,
    arms=(
        *(Arm(name=name, description=text, settings={"model": name})
          for name, text in (("base", "before fine-tuning"), *((t, f"fine-tuned on {t}") for t in TASKS))),
        *(_merge_arm(name, settings) for name, settings in MERGES.items()),
        Arm(name="best-ties", description="the best of the TIES and elect arms", derive=best_ties),
        Arm(name="best-merge", description="the best of all merges", derive=best_merge),
    ),
    lines=(
        Line(id="robust", text="TIES (20 %, scale 1) at least .15 above the plain sum at scale 1",
             arm="ties-20-10", measure="above_sum", op=">=", bound=0.15),
        Line(id="level", text="the best TIES at most .02 below averaging", arm="best-ties",
             measure="above_average", op=">=", bound=-0.02),
        # A thousandth is less than one of 507 questions.
        Line(id="gains", text="the best merge above the best single fine-tune", arm="best-merge",
             measure="above_single", op=">=", bound=0.001),
        Line(id="beyond-base", text="the best merge above the base", arm="best-merge",
             measure="above_base", op=">=", bound=0.001, level="expected"),
    ),
    comparisons=(
        Comparison(arm="ties-20-10", baseline=SUM, measure="score"),
        *(Comparison(arm="best-ties", baseline=other, measure="score") for other in (AVERAGE, SUM)),
        *(Comparison(arm="best-merge", baseline=other, measure="score")
          for other in (AVERAGE, "base", *TASKS)),
    ),
    budgets={
        "full": {"base_steps": 40, "base_rate": 2e-3, "base_batch": 256,
                 "tune_steps": 250, "tune_rate": 1e-3, "tune_batch": 64},
        "ci": {"base_steps": 2, "base_rate": 2e-3, "base_batch": 8,
               "tune_steps": 2, "tune_rate": 1e-3, "tune_batch": 8},
    },
    trial=trial,
    parts=("merging",),
    notes="The base's rate and the batch sizes were chosen on seed 11, looked at on seed 12 too, before the"
    " record's seeds were run: with the base at rate .001 it knew so little that merging had little to keep."
    " Fine-tunes forget what they are not trained on; that is what merging has to undo. Best arms are chosen"
    " on the very questions they are counted on, which are all that there are. A seed's arms share base and"
    " fine-tunes, whose CPU seconds are the first arm's.",
)  # fmt: skip
