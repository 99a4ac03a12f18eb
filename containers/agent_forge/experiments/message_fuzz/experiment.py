"""E15: does any message crash the V2X validator of phase 7, or make it take a code for a value?

Well-formed messages of both profiles are broken: fields taken out, other types, numbers around the ends of
their ranges, torn texts. Two oracles stand outside the validator: the raw message, and bounds in units of the
world.
"""

from agent_forge.automotive.v2x.fuzz import fuzz
from agent_forge.experiments.experiment import Arm, Experiment, Line, Settings

FEWEST = 100_000


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Show it that many messages."""
    return fuzz(int(settings["cases"]), seed)


def _none(measure: str, text: str) -> Line:
    return Line(id=measure.replace("_", "-"), text=text, arm="broken", measure=measure, op="<=", bound=0.0)


EXPERIMENT = Experiment(
    id="E15",
    title="Broken V2X messages",
    claim="None of at least 100,000 broken messages crashes the V2X validator, and none is accepted with a"
    " code for 'not available' as a value or with a number that cannot be.",
    source="SAE J2735, ETSI EN 302 637-2",
    metric="crashes",
    direction="lower",
    baseline="broken",
    arms=(Arm(name="broken", description="messages of both profiles, none to five faults each"),),
    lines=(
        Line(id="enough", text="at least 100,000 messages", arm="broken", measure="cases", op=">=",
             bound=FEWEST),
        Line(id="some-pass", text="at least 1,000 of them are accepted", arm="broken", measure="accepted",
             op=">=", bound=1_000),
        _none("crashes", "no message crashes it"),
        _none("codes_as_values", "no accepted message has a code as a value"),
        _none("out_of_range", "no accepted message says what cannot be"),
    ),
    comparisons=(),
    budgets={"full": {"cases": 200_000}, "ci": {"cases": 500}},
    trial=trial,
    parts=("automotive/v2x", "errors.py"),
)  # fmt: skip
