"""E1B: E1 failed on two of three seeds: halting settled on easy questions before the hard ones came.

Source: Graves 2016 (arXiv 1603.08983), section 3: the bias of the halting unit decides how long networks
ponder at first. Task, model, steps and bounds are E1's. The bias starts at -3 instead of -2, so that nearly
all weight lies on the sixth step until halting has been learned, and all hops are asked from the start: with
a curriculum the unit learns to halt from one hop alone. E1's record stays as it is.
Expected: as E1.
"""

from dataclasses import replace

from agent_forge.experiments.adaptive_pondering.experiment import EXPERIMENT as E1

HALT_BIAS, CURRICULUM = -3.0, 0.001
LEFT_OUT = "hasty-start"  # measured by E1

EXPERIMENT = replace(
    E1,
    id="E1B",
    title="Adaptive computation time from a patient start",
    claim=E1.claim.replace("Halting learns", "Halting that starts patient, without a curriculum, learns"),
    source="Graves 2016 (arXiv 1603.08983), sections 2 and 3",
    arms=tuple(arm for arm in E1.arms if arm.name != LEFT_OUT),
    lines=tuple(line for line in E1.lines if line.arm != LEFT_OUT),
    comparisons=tuple(c for c in E1.comparisons if c.baseline != LEFT_OUT),
    budgets={
        tier: {**budget, "halt_bias": HALT_BIAS, "curriculum": CURRICULUM}
        for tier, budget in E1.budgets.items()
    },
    notes="Made after E1 had failed. Tuned on other seeds than the record's: with E1's curriculum a bias of"
    " -3 was learned on seeds 11, 12 and 13 (-4 on 12 and 13) and given up on seed 1; without the curriculum"
    " a bias of -3 was learned on seeds 1 and 2.",
)
