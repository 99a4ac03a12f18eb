"""SPOT-CKPT: is the interval of Young, or that of Daly, the best of a grid?

A Monte Carlo that knows neither formula: pieces of work of one interval, each followed by a checkpoint; an
interruption, exponential and memoryless, loses the piece and takes a restart. Sources: Young (1974); Daly
(2006), equation 37.
"""

import math

import torch

from agent_forge.experiments.experiment import Arm, Experiment, Line, Settings

HOUR = 3600.0


def young(write: float, between: float) -> float:
    """Seconds of work between two checkpoints, first order."""
    return math.sqrt(2 * write * between)


def daly(write: float, between: float) -> float:
    """The same to a higher order; for write < 2 between."""
    ratio = write / (2 * between)
    return young(write, between) * (1 + math.sqrt(ratio) / 3 + ratio / 9) - write


def slowdown(interval: float, settings: Settings, generator: torch.Generator) -> float:
    """Mean over simulated jobs of time taken per second of work."""
    write, between, restart = (float(settings[key]) for key in ("write", "between", "restart"))
    jobs, work = int(settings["jobs"]), float(settings["hours"]) * HOUR
    pieces = math.ceil(work / interval)
    left = torch.full((jobs,), pieces)
    clock = torch.zeros(jobs, dtype=torch.float64)
    last = work - (pieces - 1) * interval
    while bool((left > 0).any()):
        # The last piece ends with the job and needs no checkpoint.
        need = torch.where(left == 1, last, interval + write).to(torch.float64)
        drawn = torch.empty(jobs, dtype=torch.float64).exponential_(1 / between, generator=generator)
        done = drawn >= need
        clock += torch.where(left > 0, torch.where(done, need, drawn + restart), 0.0)
        left = left - (done & (left > 0)).to(left.dtype)
    return float(clock.mean()) / work


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Slowdown at eight intervals, which of them is best, and how far the formula is from it at Young's."""
    write, between, restart = (float(settings[key]) for key in ("write", "between", "restart"))
    base = young(write, between)
    grid = {
        f"young_x{factor:g}".replace(".", "_"): factor * base for factor in (0.125, 0.25, 0.5, 1, 2, 4, 8)
    }
    grid["daly"] = daly(write, between)
    generator = torch.Generator().manual_seed(seed)
    found = {name: slowdown(interval, settings, generator) for name, interval in grid.items()}
    best = min(found, key=lambda name: found[name])
    formula = 1 + write / base + (base / 2 + restart) / between
    return {
        **found,
        "best_is_young_or_daly": float(best in ("young_x1", "daly")),
        "off_formula": abs(found["young_x1"] / formula - 1),
    }


def _setting(name: str, between: float, write: float, restart: float) -> Arm:
    return Arm(
        name=name,
        description=f"{between:g} s between interruptions, {write:g} s to write, {restart:g} s to restart",
        settings={"between": between, "write": write, "restart": restart},
    )


ARMS = (
    _setting("hour", 3600, 20, 180),
    _setting("half-hour", 1800, 10, 120),
    _setting("two-hours", 7200, 60, 300),
)
EXPERIMENT = Experiment(
    id="SPOT-CKPT",
    title="Interval between checkpoints",
    claim="Of eight intervals, that of Young or that of Daly is best, and the formula says how slow it is.",
    source="Young (1974); Daly (2006), equation 37",
    metric="best_is_young_or_daly",
    direction="higher",
    baseline="hour",
    arms=ARMS,
    lines=(
        *(Line(id=f"argmin-{arm.name}", text=f"{arm.description}: best at Young or Daly", arm=arm.name,
               measure="best_is_young_or_daly", op=">=", bound=1) for arm in ARMS),
        *(Line(id=f"formula-{arm.name}", text=f"{arm.description}: within 3 % of the formula at Young's",
               arm=arm.name, measure="off_formula", op="<=", bound=0.03) for arm in ARMS),
    ),
    comparisons=(),
    budgets={"full": {"hours": 8, "jobs": 4000}, "ci": {"hours": 1, "jobs": 100}},
    trial=trial,
    notes="Nothing is computed but the simulation: exponential interruptions without any notice.",
)  # fmt: skip
