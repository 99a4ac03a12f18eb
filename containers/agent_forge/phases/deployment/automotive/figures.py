"""Figures of one file of the pack: each is a metric record, and stands in the file with the record's id."""

from typing import Any

from agent_forge.automotive.pack.files import MEASURED, PackFile
from agent_forge.automotive.proportions import LEVEL, proportion_interval
from agent_forge.phases.deployment.adapter import Desk


class Figures:
    """Records through a desk and remembers under which ids."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.shown: dict[str, dict[str, Any]] = {}

    def add(self, name: str, value: float, unit: str) -> float:
        """Record `automotive/<name>`; the value."""
        identifier = self._desk.record(f"automotive/{name}", float(value), unit)
        self.shown[name] = {"value": float(value), "unit": unit, "record": identifier}
        return float(value)

    def share(self, name: str, hits: int, trials: int) -> float:
        """Record a share with the ends of its exact interval; the share, 0 where nothing was tried."""
        low, high = proportion_interval(hits, trials)
        for ending, value in (("", hits / max(1, trials)), ("_low", low), ("_high", high)):
            self.add(f"{name}{ending}", value, f"share of {trials}")
        self.shown[name] |= {"hits": hits, "trials": trials, "low": low, "high": high, "level": LEVEL}
        return hits / max(1, trials)

    def file(self, number: str, **told: Any) -> PackFile:
        """A measured file of these figures and what is to be told beside them."""
        records = [str(each["record"]) for each in self.shown.values()]
        return PackFile(number, MEASURED, {**told, "figures": self.shown}, records)
