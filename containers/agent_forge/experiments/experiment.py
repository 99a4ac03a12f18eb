"""What an experiment is: a claim, arms, seeds, measures and the bounds that decide, all stated beforehand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Setting = str | int | float | bool
Settings = Mapping[str, Setting]
Measures = Mapping[str, float]
Tier = Literal["ci", "full"]

FEWEST_SEEDS = 3  # below this nothing is decided


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One thing that is compared.

    `derive` gives further settings from the measures of earlier arms at the same seed, for arms that are
    matched to another's cost. `first_seeds` limits an ablation to the first n seeds.
    """

    name: str
    description: str
    settings: Settings = field(default_factory=dict)
    derive: Callable[[Mapping[str, Measures]], Settings] | None = None
    first_seeds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A bound on a measure of one arm. A `must` decides the verdict, an `expected` is only reported.

    `share` is the part of the seeds on which the bound has to hold.
    """

    id: str
    text: str
    arm: str
    measure: str
    op: Literal[">=", "<="]
    bound: float
    level: Literal["must", "expected"] = "must"
    share: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Paired differences `arm - baseline` of a measure, seed by seed."""

    arm: str
    baseline: str
    measure: str


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """`trial(settings, seed)` runs one arm once; its settings are the tier's budget and the arm's.

    `parts` are folders of this package that the numbers depend on, beside those of every experiment.
    """

    id: str
    title: str
    claim: str
    source: str  # paper and section
    metric: str
    direction: Literal["higher", "lower"]
    baseline: str
    arms: tuple[Arm, ...]
    lines: tuple[Line, ...]
    comparisons: tuple[Comparison, ...]
    budgets: Mapping[Tier, Settings]
    trial: Callable[[Settings, int], dict[str, float]]
    parts: tuple[str, ...] = ()
    notes: str = ""

    def __post_init__(self) -> None:
        """Refuse references to arms that do not exist.

        Raises:
            ValueError: names the arm.
        """
        known = {arm.name for arm in self.arms}
        named = [self.baseline, *(line.arm for line in self.lines)]
        named += [name for c in self.comparisons for name in (c.arm, c.baseline)]
        unknown = sorted(set(named) - known)
        if unknown:
            raise ValueError(
                f"experiment {self.id} names the arms {unknown}; expected some of {sorted(known)}"
            )
