"""SPOT: the same work on Spot and on demand, in the embedded cloud, under a seeded market.

One real server runs phase 1 at toy size twice per seed: on machines that nobody takes away, and on a market
whose feed follows from the seed. The market sends SIGTERM to the real processes of jobs; they write a
checkpoint and end, and Batch's retry rule starts them again. Prices are those of one machine in the dated
price table; an hour of the market passes in seconds, and costs are what the ledger of the server says.
"""

import atexit
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import IO

from agent_forge.errors import ForgeError
from agent_forge.experiments.experiment import Arm, Experiment, Line, Settings

ROOT = Path(__file__).resolve().parents[4]
KEYS = ("hourSeconds", "meanHours", "workHours", "deadlineHours", "steps")


@cache
def market(settings: str) -> tuple[IO[str], IO[str]]:
    """Standing input and output of a server with a market, started once and ended with this process."""
    process = subprocess.Popen(
        ["node", str(ROOT / "scripts" / "spot.mjs"), settings],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    atexit.register(process.communicate)
    if process.stdin is None or process.stdout is None:
        raise ForgeError("bug", "The market was started without pipes.")
    return process.stdin, process.stdout


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Both runs of a seed: USD, hours of the market, interruptions, and whether the weights are the same."""
    asked, answered = market(json.dumps({key: settings[key] for key in KEYS}))
    asked.write(f"{seed}\n")
    asked.flush()
    line = answered.readline()
    if not line:
        raise ForgeError(
            "dependency", f"The market ended before it answered seed {seed}; see its words above."
        )
    return {name: float(value) for name, value in json.loads(line).items()}


SOURCES = (
    "core/domain/burst/spot-feed.ts", "core/domain/burst/deadline.ts", "core/domain/burst/random.ts",
    "core/domain/cost-entry.ts", "local/spot-market.ts", "local/jobs/runner.ts", "local/jobs/scheduler.ts",
    "local/jobs/verdict.ts", "contracts/prices.json", "scripts/spot/main.ts",
)  # fmt: skip

EXPERIMENT = Experiment(
    id="SPOT",
    title="Spot at half the price",
    claim="Work on Spot costs at most half of on demand, is in time, and gives the same weights.",
    source="this product's own bound; Can't Be Late (Wu et al. 2024), section 4, for the deadline",
    metric="cost_ratio",
    direction="lower",
    baseline="market",
    arms=(
        Arm(name="market", description="both runs of a seed; on demand first, then on the market"),
    ),
    lines=(
        Line(id="cost", text="at most half of on demand", arm="market",
             measure="cost_ratio", op="<=", bound=0.5),
        Line(id="deadline", text="ends before its deadline", arm="market",
             measure="in_time", op=">=", bound=1),
        Line(id="identical", text="weights of all models are bit-identical to the uninterrupted run's",
             arm="market", measure="identical", op=">=", bound=1),
        Line(id="interrupted", text="was interrupted at all, on three seeds in four", arm="market",
             measure="interruptions", op=">=", bound=1, level="expected", share=0.75),
    ),
    comparisons=(),
    budgets={
        "full": {"hourSeconds": 3.0, "meanHours": 0.8, "workHours": 5.0, "deadlineHours": 20.0, "steps": 60},
        "ci": {"hourSeconds": 3.0, "meanHours": 0.8, "workHours": 5.0, "deadlineHours": 20.0, "steps": 12},
    },
    trial=trial,
    parts=tuple(f"../../{name}" for name in SOURCES),
    notes="Simulated prices and interruptions, real processes. The price of Spot is that of one type in one"
    " region of contracts/prices.json, where Spot costs a little more than a quarter of on demand; where it"
    " costs more, the ratio is higher. Hours are wall time on a machine that other work shared, an hour of"
    " the market in 3 s: starts and checkpoints are large parts of an hour, which makes the ratio worse.",
)  # fmt: skip
