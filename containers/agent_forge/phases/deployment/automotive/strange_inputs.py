"""File 10: the out-of-distribution monitor, calibrated and tried on held-out text."""

import hashlib
from dataclasses import dataclass

import numpy as np

from agent_forge.automotive.ood.conformal import conformal_threshold
from agent_forge.automotive.ood.ranking import auroc, false_positive_rate
from agent_forge.automotive.ood.scores import Array, Neighbourhood
from agent_forge.automotive.ood.strangers import STRANGERS, strangers
from agent_forge.automotive.pack.files import PackFile
from agent_forge.phases.deployment.adapter import Desk
from agent_forge.phases.deployment.automotive.figures import Figures
from agent_forge.phases.deployment.automotive.reader import Reader, Tokens

PROMISE = (
    "Split conformal: for inputs that are exchangeable with the calibration set at most this share alarms, on"
    " average over calibration sets. Nothing is promised for other inputs."
)


@dataclass(frozen=True)
class Watch:
    """A calibrated monitor, the windows of each third, and the values that it saw while it was calibrated."""

    near: Neighbourhood
    threshold: float
    calibration: Tokens
    known: Tokens
    values: Array  # (B, 2)


def calibrate(desk: Desk, reader: Reader) -> Watch:
    """A third of the held-out windows fits the distance, a third its threshold; the last tries it.

    Raises:
        ForgeError(validation): too few windows for the alarm rate.
    """
    rows = reader.windows(desk.held_out.numpy(), desk.context.seed)
    fit, calibration, known = np.array_split(rows, 3)
    near, said = Neighbourhood.of(reader.read(fit).states_BD), reader.read(calibration)
    rate = float(desk.config.own("automotive")["alarm_rate"])
    threshold = conformal_threshold(near.distance(said.states_BD), rate)
    return Watch(near, threshold, calibration, known, said.values)


def monitor_file(desk: Desk, reader: Reader, watch: Watch) -> PackFile:
    """Alarms on known windows, and how well distance and energy tell strange ones from them."""
    figures, known = Figures(desk), reader.read(watch.known)
    distance = watch.near.distance(known.states_BD)
    figures.add("ood_threshold", watch.threshold, "squared distance")
    figures.add("ood_calibration_windows", len(watch.calibration), "windows")
    figures.share("ood_false_alarms", int((distance > watch.threshold).sum()), len(distance))
    for kind in STRANGERS:
        strange = reader.read(strange_windows(desk, watch.known, kind))
        found = watch.near.distance(strange.states_BD)
        figures.add(f"ood_auroc_{kind}", auroc(distance, found), "AUROC")
        figures.add(f"ood_energy_auroc_{kind}", auroc(known.energy, strange.energy), "AUROC")
        figures.add(f"ood_fpr_at_95_{kind}", false_positive_rate(distance, found), "share of known windows")
        figures.share(f"ood_found_{kind}", int((found > watch.threshold).sum()), len(found))
    return figures.file(
        "10", score="squared Mahalanobis distance of the mean hidden state; energy beside it",
        alarmRate=float(desk.config.own("automotive")["alarm_rate"]), promise=PROMISE,
        calibrationSha256=hashlib.sha256(watch.calibration.tobytes()).hexdigest(),
        windowTokens=reader.window,
    )  # fmt: skip


def strange_windows(desk: Desk, known: Tokens, kind: str) -> Tokens:
    """As many windows of strange text; a text of fewer tokens than a window is said again."""
    texts = [desk.tokenizer.decode(row).encode() or b" " for row in known.tolist()]
    made = [text.decode("utf-8", "replace") for text in strangers(kind, texts, desk.context.seed)]
    rows = [np.resize(desk.tokenizer.encode(text), known.shape[1]) for text in made]
    return np.stack(rows).astype(np.int64)
