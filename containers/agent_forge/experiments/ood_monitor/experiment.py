"""E14: do energy and Mahalanobis distance tell strange inputs from known ones, at the alarm rate asked for?

Sources: energy, Liu et al. 2020 (arXiv 2010.03759); Mahalanobis distance, Lee et al. 2018 (arXiv 1807.03888);
split conformal thresholds, Lei et al. 2018. Known: held-out speeches in rows of 64 bytes, half to calibrate,
half to test. Strange: their bytes shuffled, their base 64, German-like words, one byte repeated.

Nobody ran any of it before the bounds were fixed. A model that is trained on cross entropy alone is free to
shift all logits of a place, so that energy has less to go by than in a classifier.
"""

import functools

import numpy as np

from agent_forge.automotive.ood.conformal import conformal_threshold
from agent_forge.automotive.ood.ranking import auroc, false_positive_rate
from agent_forge.automotive.ood.scores import Array, Neighbourhood
from agent_forge.automotive.ood.strangers import STRANGERS, strangers
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings
from agent_forge.experiments.ood_monitor.reader import pieces, read, scores, trained

ALARM_RATE, TOLERANCE, TOLD = 0.05, 0.02, 0.90
JUDGED = {"energy": "energy", "mahalanobis": "Mahalanobis distance"}
Said = dict[str, dict[str, Array]]


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Calibrate one score, then show it known and strange inputs."""
    kind = str(settings["score"])
    budget = tuple(sorted((name, float(settings[name])) for name in settings if name != "score"))
    said, near = heard(budget, seed)
    known = scores(kind, said["known"], near)
    threshold = conformal_threshold(scores(kind, said["calibration"], near), ALARM_RATE)
    measures = {
        "alarm_rate": float((known > threshold).mean()), "known_inputs": float(len(known)),
        "bits_per_byte": float(said["known"]["nats"].mean() / np.log(2.0)),
    }  # fmt: skip
    for name in STRANGERS:
        strange = scores(kind, said[name], near)
        measures[f"auroc_{name}"] = auroc(known, strange)
        measures[f"alarmed_{name}"] = float((strange > threshold).mean())
        measures[f"fpr_at_95_{name}"] = false_positive_rate(known, strange)
    return measures


@functools.lru_cache(maxsize=4)
def heard(budget: tuple[tuple[str, float], ...], seed: int) -> tuple[Said, Neighbourhood]:
    """What one model says of all texts, and where the states of texts that it trained on lie."""
    count, model = int(dict(budget)["texts"]), trained(budget, seed)
    held_out = pieces("held_out", 2 * count, seed)
    texts = {"calibration": held_out[:count], "known": held_out[count:]}
    near = Neighbourhood.of(read(model, pieces("train", count, seed))["hidden"])
    texts |= {name: strangers(name, texts["known"], seed) for name in STRANGERS}
    return {name: read(model, found) for name, found in texts.items()}, near


def _lines(arm: str, title: str) -> tuple[Line, ...]:
    return (
        *(Line(id=f"{arm}-{name}", text=f"{title}: AUROC at least .90 on {text}", arm=arm,
               measure=f"auroc_{name}", op=">=", bound=TOLD)
          for name, text in (("shuffled", "shuffled bytes"), ("base64", "base 64"))),
        Line(id=f"{arm}-alarms-least", text=f"{title}: at least 3 % of known inputs raise an alarm", arm=arm,
             measure="alarm_rate", op=">=", bound=round(ALARM_RATE - TOLERANCE, 9)),
        Line(id=f"{arm}-alarms-most", text=f"{title}: at most 7 % of known inputs raise an alarm", arm=arm,
             measure="alarm_rate", op="<=", bound=round(ALARM_RATE + TOLERANCE, 9)),
        *(Line(id=f"{arm}-{name}", text=f"{title}: AUROC at least .90 on {text}", arm=arm,
               measure=f"auroc_{name}", op=">=", bound=TOLD, level="expected")
          for name, text in (("german", "German-like words"), ("repeated", "one byte repeated"))),
    )  # fmt: skip


EXPERIMENT = Experiment(
    id="E14",
    title="Out-of-distribution monitor",
    claim="Energy and Mahalanobis distance each tell shuffled text and base 64 from held-out text with an"
    " AUROC of at least .90, at an alarm rate of 5 % +- 2 on held-out text.",
    source="Liu et al. 2020 (arXiv 2010.03759); Lee et al. 2018 (arXiv 1807.03888)",
    metric="auroc_shuffled",
    direction="higher",
    baseline="max-softmax",
    arms=(
        Arm(name="energy", description="-logsumexp of the logits, mean over the row",
            settings={"score": "energy"}),
        Arm(name="mahalanobis", description="distance of the mean hidden state, shrunk covariance",
            settings={"score": "mahalanobis"}),
        Arm(name="max-softmax", description="1 - largest probability, mean over the row",
            settings={"score": "max-softmax"}),
    ),
    lines=tuple(line for arm, title in JUDGED.items() for line in _lines(arm, title)),
    comparisons=tuple(
        Comparison(arm=arm, baseline="max-softmax", measure=f"auroc_{name}")
        for arm in JUDGED for name in STRANGERS
    ),
    budgets={
        "full": {"steps": 600, "batch": 32, "learning_rate": 3e-3, "warm_up": 40, "texts": 4000},
        "ci": {"steps": 3, "batch": 4, "learning_rate": 3e-3, "warm_up": 1, "texts": 40},
    },
    trial=trial,
    parts=("automotive/ood", "data/corpus.py", "errors.py"),
    notes="Both scores have to hold for the claim to hold; max-softmax is the baseline and is not judged."
    " Bounds, sizes and kinds of strange inputs were fixed before any of it was run. The conformal threshold"
    " promises an alarm rate of at most 5 % for inputs that are exchangeable with the calibration set; rows"
    " of the same speeches, split at random, are.",
)  # fmt: skip
