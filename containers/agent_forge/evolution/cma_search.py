"""CMA-ES (Hansen 2016, arXiv 1604.00772) by `cma`, resumable without pickle: seed and history are the whole
state.

Its asks are a pure function of seed and earlier tells, so replaying the history gives the same strategy to
the bit.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agent_forge.errors import ForgeError

Point = tuple[float, ...]


@dataclass
class CmaSearch:
    """Minimises over the unit cube.

    Args:
        start: first mean; every coordinate in 0..1.
        sigma: first standard deviation.
        population: points per ask, at least 2.
        seed: of all draws; above 0.
        history: earlier rounds, each with the values that were told.
    """

    start: Point
    sigma: float
    population: int
    seed: int
    history: list[list[float]] = field(default_factory=list)
    _strategy: Any = field(default=None, init=False, repr=False)
    _asked: list[Any] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Replay the history.

        Raises:
            ForgeError(validation): a search in one dimension, which the method does not know.
        """
        # Imported here, because only a search needs it; it warns when it finds nothing to plot with.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import cma

        if len(self.start) < 2 or self.population < 2:
            raise ForgeError(
                "validation",
                f"CMA-ES got {len(self.start)} genes and {self.population} points a round; expected at least"
                " two of each. Search a method with more parameters, or choose search: genetic.",
            )
        options = {
            # A generator of its own: the default one is numpy's global, which anybody may turn.
            "randn": np.random.RandomState(self.seed).randn, "seed": math.nan,
            "popsize": self.population, "bounds": [0.0, 1.0], "maxiter": math.inf,
            "verbose": -9, "verb_log": 0, "verb_disp": 0,
        }  # fmt: skip
        self._strategy = cma.CMAEvolutionStrategy(list(self.start), self.sigma, options)
        earlier, self.history = self.history, []
        for values in earlier:
            self.ask()
            self.tell(values)

    def ask(self) -> list[Point]:
        """The next round of points; asking again before telling gives the same ones."""
        if self._asked is None:
            self._asked = self._strategy.ask()
        return [tuple(min(1.0, max(0.0, float(x))) for x in point) for point in self._asked]

    def tell(self, values: Sequence[float | None]) -> None:
        """What the points of the last ask are worth, the lower the better; None for what is infeasible.

        An infeasible point is told as worse than all others of its round, by as much as these spread: a
        constant would be far outside their scale, or inside it.
        """
        points = self.ask()
        if len(values) != len(points):
            raise ForgeError("bug", f"CMA-ES asked for {len(points)} values and was told {len(values)}.")
        known = [value for value in values if value is not None]
        worst = 2 * max(known) - min(known) + 1.0 if known else 1.0
        told = [worst if value is None else float(value) for value in values]
        self._strategy.tell(self._asked, told)
        self._asked = None
        self.history.append(told)

    def to_json(self) -> dict[str, Any]:
        """Seed and history."""
        return {
            "start": list(self.start), "sigma": self.sigma, "population": self.population, "seed": self.seed,
            "history": self.history,
        }  # fmt: skip

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "CmaSearch":
        """The search that `to_json` described, replayed."""
        return CmaSearch(
            tuple(document["start"]), document["sigma"], document["population"], document["seed"],
            [list(values) for values in document["history"]],
        )  # fmt: skip
