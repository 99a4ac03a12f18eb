"""probe.json: logits of a few tokens as this runtime gives them, for the gate that asks another runtime.

Legend: B batch, T tokens, V vocabulary rows.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agent_forge.contracts import validate
from agent_forge.graphs.parity import MOST_DIFFERENCE, say_stepwise
from agent_forge.graphs.session import GraphSession

PROBE = "probe.json"


def write_probe(
    session: GraphSession, folder: Path, batches: Sequence[npt.NDArray[np.int64]]
) -> dict[str, Any]:
    """Ask the graph and note what it said; `verify-deployment` compares.

    Args:
        session: the graph that will be deployed.
        folder: of that graph; gets the file.
        batches: token ids (B, T), few and short: every logit is written down.

    Returns:
        The document as it was written.
    """
    document = {
        "schemaVersion": 1,
        "graph": session.document["files"][0]["sha256"],
        "vocabRows": session.document["model"]["vocabRows"],
        "tolerance": MOST_DIFFERENCE,
        "cases": [_case(session, tokens_BT) for tokens_BT in batches],
        "writtenBy": session.document["writtenBy"],
    }
    validate(document, "deployment-probe", kind="bug", where=PROBE)
    (folder / PROBE).write_text(json.dumps(document, sort_keys=True) + "\n", encoding="utf-8")
    return document


def _case(session: GraphSession, tokens_BT: npt.NDArray[np.int64]) -> dict[str, Any]:
    whole_BTV, _ = session.step(tokens_BT, session.start(tokens_BT.shape[0]))
    stepwise_BTV = say_stepwise(session, tokens_BT)
    return {"tokens": tokens_BT.tolist(), "whole": _stated(whole_BTV), "stepwise": _stated(stepwise_BTV)}


def _stated(logits_BTV: npt.NDArray[np.float32]) -> dict[str, str]:
    raw = np.ascontiguousarray(logits_BTV, dtype="<f4").tobytes()
    return {"logits": base64.b64encode(raw).decode("ascii"), "sha256": hashlib.sha256(raw).hexdigest()}
