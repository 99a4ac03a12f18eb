"""Files 01, 02, 03, 13 and 14: what a user declares, and skeletons for the user's assessor to fill."""

import hashlib
from pathlib import Path
from typing import Any

from agent_forge.automotive.pack.files import DECLARED, TEMPLATE, PackFile
from agent_forge.phases.deployment.adapter import Desk

ROOM = Path(__file__).resolve().parents[3] / "automotive"
# Requirement, what it asks for, the file of agent_forge/automotive that does it, the test that watches it.
REQUIREMENTS = (
    ("AF-01", "values outside their range are limited", "monitor/gate.py", "monitor_gate"),
    ("AF-02", "a result after its deadline is not used", "monitor/session.py", "monitor_session"),
    ("AF-03", "the monitor runs in a process of its own", "monitor/client.py", "monitor_process"),
    ("AF-04", "every branch of the monitor is tested", "monitor/gate.py", "monitor_branches"),
    ("AF-05", "strange inputs alarm at the declared rate", "ood/conformal.py", "ood"),
    ("AF-06", "a code for not available is no value", "v2x/message.py", "v2x"),
    ("AF-07", "fused tracks do not claim more than they know", "fusion/intersection.py", "fusion"),
    ("AF-08", "every file has a status, a hash and its records", "pack/files.py", "pack"),
    ("AF-09", "shares come with exact intervals", "proportions.py", "proportions"),
)
# As recalled from the standard's part on decomposition: the assessor compares.
PAIRS = {
    "D": ["C(D) + A(D)", "B(D) + B(D)", "D(D) + QM(D)"], "C": ["B(C) + A(C)", "C(C) + QM(C)"],
    "B": ["A(B) + A(B)", "B(B) + QM(B)"], "A": ["A(A) + QM(A)"],
}  # fmt: skip
OWED = [
    "no common cause in hardware: monitor and model run on one processor here",
    "freedom from interference in memory, time and communication: two processes of one operating system",
    "no common cause in data: the monitor's threshold is calibrated on the model's own kind of text",
]
CONDITIONS = [
    "input unlike the training text that the monitor does not find",
    "input like the training text that means something else",
    "messages that are well formed, signed and untrue",
    "load on the machine that delays calls", "a quantised graph that decides otherwise than the model",
]  # fmt: skip


def element_file(desk: Desk) -> PackFile:
    """What the element is for, in the user's own words."""
    own = desk.config.own("automotive")
    fixed = {
        "function": "predicts the next token of a text", "inputs": "tokens of one window",
        "outputs": "logits; a verdict of the monitor beside them",
        "assumptionsOfUse": ["out of context: no vehicle, no item and no driving function is known here"],
        "unsupportedUses": ["perception", "control of a vehicle", "warning of people"],
        "source": {"model": desk.choice.variant, "load": desk.choice.load.name},
    }  # fmt: skip
    declared = str(own["element"])
    status = DECLARED if declared else TEMPLATE
    return PackFile(
        "01", status, {**fixed, "declared": declared, "operationalDesignDomain": declared or None}
    )


def requirement_files(desk: Desk) -> list[PackFile]:
    """Requirements of this wrapper and of the user, and what meets and watches each."""
    own = desk.config.own("automotive")
    users = (
        ("USER-01", f"99th percentile of a call at most {own['p99_ms']:g} ms", "08-latency.json"),
        ("USER-02", f"detection rate at least {own['detection']:g}", "06-performance.json"),
        ("USER-03", f"false negatives at most {own['false_negatives']:g}", "06-performance.json"),
    )
    wanted = [{"id": id_, "source": "wrapper", "text": text} for id_, text, _, _ in REQUIREMENTS]
    wanted += [{"id": id_, "source": "user", "text": text} for id_, text, _ in users]
    traced = [
        _trace(
            id_, "wrapper", f"automotive/{path}", _hash(path),
            f"containers/tests/automotive/test_{test}.py", "not run in this job",
        )
        for id_, _, path, test in REQUIREMENTS
    ]  # fmt: skip
    traced += [_trace(id_, "user", name, "", name, "see file") for id_, _, name in users]
    return [PackFile("02", DECLARED, wanted), PackFile("03", TEMPLATE, traced)]


def hazard_file() -> PackFile:
    """Triggering conditions, what stays open, and goals without their argument."""
    goal = {"argument": "UNDEVELOPED", "evidence": "UNDEVELOPED"}
    return PackFile("13", TEMPLATE, {
        "triggeringConditions": CONDITIONS,
        "residualInsufficiencies": [
            "see worst slice in 06", "see misses in 08", "see strange inputs not found in 10",
        ],
        "openPoints": ["hazard analysis of the item", "exposure, controllability", "confirmation measures"],
        "goals": [{"id": f"G{n}", "claim": "UNDEVELOPED", **goal} for n in range(1, 4)],
        "decomposition": {"pairsAsRecalled": PAIRS, "independenceOwed": OWED,
                          "pattern": "the network counts as QM; what is required of it falls to the monitor"},
    })  # fmt: skip


def tools_file() -> PackFile:
    """Tools, with the reasoning left to the assessor."""
    tools = (
        "torch",
        "onnx exporter",
        "onnxruntime",
        "tokenizers",
        "numpy",
        "CPython",
        "C compiler of the kernels",
    )
    rows = [{"tool": tool, "TI": "", "TD": "", "TCL": "", "reason": ""} for tool in tools]
    return PackFile("14", TEMPLATE, {"tools": rows})


def _trace(id_: str, source: str, design: str, code: str, test: str, result: str) -> dict[str, Any]:
    return {
        "id": id_,
        "source": source,
        "design": design,
        "codeSha256": code,
        "test": test,
        "lastResult": result,
    }


def _hash(path: str) -> str:
    return hashlib.sha256((ROOM / path).read_bytes()).hexdigest()
