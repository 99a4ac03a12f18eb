"""E3A: do trimming and electing signs remove interference where the right answer is known?

Source: TIES, Yadav et al. 2023 (arXiv 2306.01708), sections 3 and 4.1. No training: vectors are drawn.
Expected: TIES closer to the signal than the mean, the plain sum and the election alone.
"""

from collections.abc import Mapping

from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Measures, Settings
from agent_forge.experiments.interference.vectors import draw, merged, relative_error


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Merge two drawn task vectors; errors relative to the signal."""
    drawn = draw(seed, int(settings["entries"]))
    found = merged(drawn, settings)
    on_signal = drawn.signal != 0
    signal = relative_error(found[on_signal], drawn.signal[on_signal])
    everywhere = relative_error(found, drawn.signal)
    measures = {"signal_error": signal, "error": everywhere}
    if "mean_error" in settings:
        # The worse of the two errors decides.
        measures |= {
            "times_below_mean": min(
                float(settings["mean_signal_error"]) / signal, float(settings["mean_error"]) / everywhere
            ),
            "below_sum": min(
                float(settings["sum_signal_error"]) - signal, float(settings["sum_error"]) - everywhere
            ),
        }
    return measures


def against_mean_and_sum(earlier: Mapping[str, Measures]) -> Settings:
    """The errors of both."""
    return {f"{name}_{kind}": earlier[name][kind] for name in ("mean", "sum") for kind in earlier[name]}


EXPERIMENT = Experiment(
    id="E3A",
    title="Interference between task vectors",
    claim="Trimming and electing signs remove interference that averaging and summing keep.",
    source="TIES (arXiv 2306.01708), sections 3 and 4.1",
    metric="error",
    direction="lower",
    baseline="mean",
    arms=(
        Arm(name="mean", description="the average of both", settings={"method": "linear"}),
        Arm(name="sum", description="task arithmetic, scale 1", settings={"method": "task_arithmetic"}),
        Arm(name="elect", description="TIES without trimming",
            settings={"method": "ties", "density": 1.0}),
        Arm(name="ties", description="TIES, 20 % kept, scale 1",
            settings={"method": "ties", "density": 0.2, "lambda": 1.0}, derive=against_mean_and_sum),
    ),
    lines=(
        Line(id="on-signal", text="error on signal entries at most .15", arm="ties",
             measure="signal_error", op="<=", bound=0.15),
        Line(id="everywhere", text="error over all entries at most .2", arm="ties", measure="error",
             op="<=", bound=0.2),
        Line(id="below-mean", text="both errors at most a third of the mean's", arm="ties",
             measure="times_below_mean", op=">=", bound=3.0),
        Line(id="below-sum", text="both errors below those of the plain sum", arm="ties",
             measure="below_sum", op=">=", bound=1e-6),
    ),
    comparisons=tuple(
        Comparison(arm="ties", baseline=other, measure=measure)
        for other in ("mean", "sum", "elect") for measure in ("signal_error", "error")
    ),
    budgets={"full": {"entries": 10_000}, "ci": {"entries": 200}},
    trial=trial,
    parts=("merging",),
)  # fmt: skip
