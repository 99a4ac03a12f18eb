"""Files 05, 06 and 07: what the text is, how well it is predicted, slice by slice, and what disturbs that."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_forge.automotive.fusion.simulation import consistency
from agent_forge.automotive.pack.files import PackFile
from agent_forge.phases.deployment.adapter import FP32, Desk
from agent_forge.phases.deployment.automotive.faults import message_faults
from agent_forge.phases.deployment.automotive.figures import Figures
from agent_forge.phases.deployment.automotive.reader import Reader
from agent_forge.phases.deployment.automotive.strange_inputs import Watch

SLICES = ("digits", "capitals", "letters", "rest")
NOISE_SHARES = (0.01, 0.05)
FUSION_RUNS, FUSION_CYCLES = 20, 20
GAPS = [
    "Text only: no camera, radar, lidar or vehicle data was trained on or measured on.",
    "Slices are by the kind of the token that is predicted; conditions of driving have none.",
    "Where the model's own lineage names no held-out documents, windows may have been trained on.",
]


def slice_of(token: bytes) -> str:
    """The kind of a token: by its first sign that is no space."""
    text = token.decode("utf-8", "replace").strip()
    if not text:
        return "rest"
    if text[0].isdigit():
        return "digits"
    return "capitals" if text[0].isupper() else "letters" if text[0].isalpha() else "rest"


def data_file(desk: Desk, watch: Watch) -> PackFile:
    """How much of each slice there is to measure on."""
    figures, kinds = Figures(desk), kinds_of(desk, watch.known[:, 1:])
    for name in SLICES:
        figures.add(f"data_tokens_{name}", int((kinds == name).sum()), "tokens")
    distinct = len({row.tobytes() for row in watch.known})
    figures.add("data_repeated_windows", len(watch.known) - distinct, "windows")
    return figures.file(
        "05", coverage="windows of held-out text, by kind of the next token", knownGaps=GAPS,
        labelNoise="None to estimate: the next token of the text is the target.",
    )  # fmt: skip


def performance_file(desk: Desk, reader: Reader, watch: Watch, p99_ms: float) -> PackFile:
    """First choices that were right, per slice with exact intervals, and the user's targets beside them."""
    figures, said = Figures(desk), reader.read(watch.known)
    kinds, shares = kinds_of(desk, watch.known[:, 1:]), {}
    for name in SLICES:
        right = said.right_BT[kinds == name]
        if right.size:
            shares[name] = figures.share(f"right_{name}", int(right.sum()), right.size)
    figures.share("right", int(said.right_BT.sum()), said.right_BT.size)
    figures.add("nats", float(said.nats.mean()), "nats/token")
    return figures.file(
        "06", metric="share of next tokens that are the model's first choice",
        worstSlice=min(shares, key=shares.__getitem__),
        targets=targets_of(desk.config.own("automotive"), p99_ms),
    )  # fmt: skip


def targets_of(own: Mapping[str, Any], p99_ms: float) -> list[dict[str, Any]]:
    """What the user wants beside what was measured; a text model detects nothing."""
    missing = "not measured: this element detects no objects"
    return [
        {"target": "p99 of a call, ms", "bound": own["p99_ms"], "by": "user", "measured": p99_ms,
         "verdict": "met" if p99_ms <= own["p99_ms"] else "not met"},
        {"target": "detection rate", "bound": own["detection"], "by": "user", "verdict": missing},
        {"target": "false negatives", "bound": own["false_negatives"], "by": "user", "verdict": missing},
    ]  # fmt: skip


def robustness_file(desk: Desk, reader: Reader, watch: Watch) -> PackFile:
    """Noise and missing signs in texts, faulty messages, quantisation, and how sure fused tracks are."""
    figures, plain = Figures(desk), reader.read(watch.known)
    figures.add("plain_nats", float(plain.nats.mean()), "nats/token")
    for share in NOISE_SHARES:
        for name, disturb in (("noise", replaced), ("dropout", dropped)):
            rows = disturbed(desk, watch.known, share, disturb)
            found = reader.read(rows).nats.mean()
            figures.add(f"{name}_{round(share * 100)}_nats", float(found), "nats/token")
    for name, (hits, trials) in message_faults(desk.context.seed).items():
        figures.share(f"messages_{name}", hits, trials)
    fp32 = desk.measured.variants[FP32]
    figures.add("quantisation_drift", desk.chosen.nats - fp32.nats, "nats/token above fp32")
    fused = consistency(FUSION_RUNS, FUSION_CYCLES, desk.context.seed)
    figures.add("fusion_nees", fused.nees, "mean NEES, 4 expected")
    figures.add("fusion_in_band", fused.in_band, "share of cycles in the 95 % band")
    return figures.file(
        "07", disturbances="share of signs replaced or left out; faults of messages are told by their rule",
        fusion="simulated motion and sensors: a check of the filter, not of sensors",
    )  # fmt: skip


def kinds_of(desk: Desk, tokens: NDArray[np.int64]) -> NDArray[np.str_]:
    """The slice of every token."""
    table = np.array([slice_of(each) for each in desk.tokenizer.token_bytes])
    return table[np.minimum(tokens, len(table) - 1)]


def disturbed(desk: Desk, rows: NDArray[np.int64], share: float, disturb: Any) -> NDArray[np.int64]:
    """Windows of disturbed text, of the same lengths in tokens."""
    rng = random.Random(f"disturb:{desk.context.seed}:{share}")
    texts = [disturb(desk.tokenizer.decode(row), share, rng) or " " for row in rows.tolist()]
    return np.stack([np.resize(desk.tokenizer.encode(text), rows.shape[1]) for text in texts]).astype(
        np.int64
    )


def replaced(text: str, share: float, rng: random.Random) -> str:
    """Some signs as others."""
    return "".join(chr(rng.randrange(33, 127)) if rng.random() < share else sign for sign in text)


def dropped(text: str, share: float, rng: random.Random) -> str:
    """Some signs left out."""
    return "".join(sign for sign in text if rng.random() >= share)
