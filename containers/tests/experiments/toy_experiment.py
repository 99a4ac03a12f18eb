"""An experiment whose outcome is known beforehand: its arms measure what their settings say."""

from dataclasses import replace

from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings


def trial(settings: Settings, seed: int) -> dict[str, float]:
    return {"score": float(settings["level"]) + 0.01 * seed, "steps": float(settings["steps"])}


TOY = Experiment(
    id="TOY",
    title="Toy",
    claim="The high arm is higher.",
    source="this file",
    metric="score",
    direction="higher",
    baseline="low",
    arms=(
        Arm(name="high", description="high", settings={"level": 0.9}),
        Arm(name="low", description="low", settings={"level": 0.2}),
        Arm(name="same", description="as high", derive=lambda earlier: {"level": earlier["high"]["score"]}),
        Arm(name="once", description="one seed", settings={"level": 0.5}, first_seeds=1),
    ),
    lines=(
        Line(id="high", text="at least .9 everywhere", arm="high", measure="score", op=">=", bound=0.9),
        Line(id="low", text="at most .25", arm="low", measure="score", op="<=", bound=0.25),
        Line(
            id="once", text="at least .4", arm="once", measure="score", op=">=", bound=0.4, level="expected"
        ),
    ),
    comparisons=(
        Comparison(arm="high", baseline="low", measure="score"),
        Comparison(arm="high", baseline="once", measure="score"),
    ),
    budgets={"full": {"steps": 100}, "ci": {"steps": 1}},
    trial=trial,
)


def with_bound(bound: float, share: float = 1.0) -> Experiment:
    """TOY with another bound on its first line."""
    return replace(TOY, lines=(replace(TOY.lines[0], bound=bound, share=share), *TOY.lines[1:]))
