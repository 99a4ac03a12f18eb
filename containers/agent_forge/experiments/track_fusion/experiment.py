"""E16: is the filter of phase 7 consistent, and is covariance intersection never overconfident?

Bar-Shalom, Li, Kirubarajan 2001, section 5.4.2; Julier and Uhlmann 1997. A filter whose sensors are noisier
than it believes, and the fusion of correlated errors as if they were independent, have to fail the same
tests.
"""

import math

from agent_forge.automotive.fusion.simulation import consistency, correlated
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings

NEVER_BELOW = -1e-9  # what rounding leaves of 0


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Simulate one filter, or fuse pairs of fully correlated estimates."""
    if "fusion" in settings:
        name, pairs = str(settings["fusion"]), int(settings["pairs"])
        least = [correlated(seed * pairs + pair)[name] for pair in range(pairs)]
        over = sum(value < NEVER_BELOW for value in least) / pairs
        return {"least_eigenvalue": min(least), "overconfident": over, "in_band": 1.0 - over}
    found = consistency(int(settings["runs"]), int(settings["cycles"]), seed, float(settings["noise"]))
    return {name: value for name, value in vars(found).items() if math.isfinite(value)}


EXPERIMENT = Experiment(
    id="E16",
    title="Fusion of tracks",
    claim="The error of a track lies in the 95 % band of what its filter believes, and covariance"
    " intersection is never overconfident under full correlation.",
    source="Bar-Shalom et al. 2001, section 5.4.2; Julier and Uhlmann 1997",
    metric="in_band",
    direction="higher",
    baseline="too-sure",
    arms=(
        Arm(name="kalman", description="sensors as noisy as the filter believes", settings={"noise": 1.0}),
        Arm(name="too-sure", description="sensors 1.5 times as noisy", settings={"noise": 1.5}),
        Arm(name="intersected", description="covariance intersection", settings={"fusion": "intersected"}),
        Arm(name="added", description="fused as if independent", settings={"fusion": "added"}),
    ),
    lines=(
        Line(id="consistent", text="mean NEES in its 95 % band in at least 85 % of the cycles", arm="kalman",
             measure="in_band", op=">=", bound=0.85),
        Line(id="tells", text="a filter that is too sure is in the band in at most 20 % of the cycles",
             arm="too-sure", measure="in_band", op="<=", bound=0.20),
        Line(id="never-overconfident", text="no intersection claims more than it knows", arm="intersected",
             measure="overconfident", op="<=", bound=0.0),
        Line(id="adding-is", text="adding claims more than it knows in at least 99 % of the pairs",
             arm="added", measure="overconfident", op=">=", bound=0.99),
    ),
    comparisons=(Comparison(arm="kalman", baseline="too-sure", measure="in_band"),),
    budgets={
        "full": {"runs": 200, "cycles": 60, "pairs": 500},
        "ci": {"runs": 4, "cycles": 3, "pairs": 4},
    },
    trial=trial,
    parts=("automotive/fusion", "errors.py"),
    notes="A constant-velocity motion with the disturbance that the filter assumes; five sensors with round"
    " figures of their kind. It says nothing about sensors or traffic.",
)  # fmt: skip
