"""The gates of a phase over its own figures, for a phase whose output depends on them.

The control plane evaluates the same gates over the same records once more when the phase has ended.
"""

import operator
from collections.abc import Mapping
from typing import Any

from agent_forge.contracts import load_contract

OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def failed_gates(slug: str, values: Mapping[str, float]) -> list[str]:
    """The reported gates of contracts/phases.json that do not hold, each in words with what was measured.

    Args:
        slug: of the phase.
        values: figures by the names of their metrics.

    Raises:
        KeyError: a gate asks for a figure that is not there.
    """
    phases = load_contract("phases.json")["phases"]
    gates = next(phase["gates"] for phase in phases if phase["slug"] == slug)
    asked = [gate for gate in gates if gate["onFailure"] == "report"]
    return [_words(gate, values) for gate in asked if not _holds(gate, values)]


def _bound(gate: Mapping[str, Any], values: Mapping[str, float]) -> float:
    bound = gate["bound"]
    return values[bound["metric"]] * bound.get("factor", 1.0) if isinstance(bound, dict) else bound


def _holds(gate: Mapping[str, Any], values: Mapping[str, float]) -> bool:
    return OPERATORS[gate["op"]](values[gate["metric"]], _bound(gate, values))


def _words(gate: Mapping[str, Any], values: Mapping[str, float]) -> str:
    return f"{gate['metric']} is {values[gate['metric']]:.4g}, not {gate['op']} {_bound(gate, values):.4g}"
