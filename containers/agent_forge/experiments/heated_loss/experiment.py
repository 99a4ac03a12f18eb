"""E10: does a temperature that begins elsewhere and comes to 1 help a model learn?

Source: Agarwala et al. 2020 (arXiv 2010.07344), sections 2 and 3: the temperature of the loss's softmax sets
how fast a network learns and by which features, together with the learning rate and the size of its logits.
So a curriculum of it is compared with trainings at temperature 1: at half, the same and twice the rate, and
from logits twice as large; the best of these counts. The curriculum is phase 5's own: its objective, its
loop's step. The byte model and its text are E5's.
Expected: nothing of a hot start. The first version let a temperature fall to a tenth; here the last one is 1,
so that what is trained is what is evaluated, and the first is ten. A start at half was best on seed 41.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import torch

from agent_forge.data.packing import Batch, Sampler
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Measures, Settings
from agent_forge.experiments.ternary_training.text import byte_stream, rows
from agent_forge.experiments.ternary_training.training import bits_per_byte, build
from agent_forge.models.titan import TinyTitan
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.mixed_batches import MixedBatches
from agent_forge.training.mixed_objective import MixedObjective, heated
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training

CONTROLS = ("rate-half", "rate-1", "rate-double", "larger-logits")


@dataclass(frozen=True)
class TextRows:
    """Rows of the train text, a function of seed and step; nothing in them has a difficulty."""

    seed: int
    batch_size: int
    length: int

    def batch(self, step: int, difficulty: float | None = None) -> Batch:
        """The batch of 0-based `step`."""
        stream = byte_stream("train")
        data = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        places = torch.randint(len(stream) - self.length - 1, (self.batch_size,), generator=data)
        tokens = rows(stream, places, self.length)
        return Batch(tokens, torch.ones(self.batch_size, self.length))


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Train one arm; held-out bits per byte, and by how many it is below the best control."""
    found = {"bits_per_byte": bits_per_byte(trained(settings, seed), settings)}
    if "best_control" in settings:
        found["gain"] = float(settings["best_control"]) - found["bits_per_byte"]
    return found


def trained(settings: Settings, seed: int) -> TinyTitan:
    """The byte model after all steps, at temperature 1."""
    steps, decay = int(settings["steps"]), float(settings["weight_decay"])
    rate = float(settings["learning_rate"]) * float(settings.get("rate_factor", 1.0))
    curriculum = heated(float(settings.get("start", 1.0)), round(float(settings["share"]) * steps))
    model = build(ternary=False).initialise(seed)
    with torch.no_grad():
        model.norm.weight.mul_(float(settings.get("logit_factor", 1.0)))
    training = Training.begin(model.train(), decay)
    text = TextRows(seed, int(settings["batch"]), int(settings["length"]))
    batches = MixedBatches(cast(Sampler, text), None, None)
    schedule = Schedule(rate, steps, int(settings["warm_up"]), 0.1)
    objective = MixedObjective(tau=lambda _: 0.0, temperature=curriculum)
    recipe = Recipe(schedule, 0, steps, decay, 1.0, 1, objective)
    for step in range(steps):
        train_step(training, batches.batch(step), recipe, step)
    return model.eval()


def best_control(earlier: Mapping[str, Measures]) -> Settings:
    """The fewest bits per byte of any rate at temperature 1, at the same seed."""
    return {"best_control": min(earlier[name]["bits_per_byte"] for name in CONTROLS)}


def _heated(name: str, start: float, description: str) -> Arm:
    return Arm(name=name, description=description, settings={"start": start}, derive=best_control)


EXPERIMENT = Experiment(
    id="E10",
    title="Temperature curriculum",
    claim="A loss whose temperature begins at a half and comes to 1 ends at fewer held-out bits per byte than"
    " any of four trainings at temperature 1.",
    source="Agarwala et al. 2020 (arXiv 2010.07344), sections 2 and 3",
    metric="bits_per_byte",
    direction="lower",
    baseline="rate-1",
    arms=(
        Arm(name="rate-half", description="temperature 1, half the rate", settings={"rate_factor": 0.5}),
        Arm(name="rate-1", description="temperature 1"),
        Arm(name="rate-double", description="temperature 1, twice the rate", settings={"rate_factor": 2.0}),
        Arm(name="larger-logits", description="temperature 1, the last norm's gain begins at 2",
            settings={"logit_factor": 2.0}),
        _heated("from-half", 0.5, "temperature from .5 to 1 over three tenths of the steps"),
        _heated("from-2", 2.0, "temperature from 2 to 1"),
        _heated("from-10", 10.0, "temperature from 10 to 1, the ratio of the first version"),
    ),
    lines=(
        Line(id="from-half", text="from .5: at least .01 bits per byte below the best control",
             arm="from-half", measure="gain", op=">=", bound=0.01),
        Line(id="from-2", text="from 2: at least .01 below", arm="from-2", measure="gain", op=">=",
             bound=0.01, level="expected"),
        Line(id="from-10", text="from 10: at least .01 below", arm="from-10", measure="gain", op=">=",
             bound=0.01, level="expected"),
    ),
    comparisons=tuple(
        Comparison(arm="from-half", baseline=baseline, measure="bits_per_byte") for baseline in CONTROLS
    ),
    budgets={
        "full": {"steps": 200, "batch": 8, "length": 128, "warm_up": 20, "learning_rate": 8e-3,
                 "weight_decay": 0.1, "share": 0.3, "held_out_rows": 256},
        "ci": {"steps": 4, "batch": 2, "length": 32, "warm_up": 1, "learning_rate": 8e-3,
               "weight_decay": 0.1, "share": 0.5, "held_out_rows": 8},
    },
    trial=trial,
    parts=("experiments/ternary_training",),
    notes="One short training of a small model. Chosen on seed 41 alone, before the record's seeds were run:"
    " the rate, of four the best at temperature 1, with worse ones on both sides; the start at a half, of"
    " .25, .5 and 2 the best (10 was worse than 2 at half the rate); the share is phase 5's default. Larger"
    " logits were not tried before.",
)  # fmt: skip
