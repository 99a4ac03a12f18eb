"""What a merge method declares: parameters, number of models, use of the base. Checks and docs read this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agent_forge.merging.tensor_inputs import Block, TensorInputs

Number = int | float


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A setting of a method.

    `default` None means that it has to be given (unless `required` is false: then the method does without).
    Bounds are inclusive; `above` and `below` are exclusive ones. `per_model` settings may differ from model
    to model; all may be scalars, gradients over the layers, or lists of {filter, value}.
    """

    name: str
    doc: str
    default: bool | Number | str | None = None
    required: bool = False
    per_model: bool = False
    at_least: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    choices: tuple[str, ...] = ()
    whole: bool = False

    @property
    def kind(self) -> Literal["flag", "choice", "number"]:
        """What a value of it is."""
        if isinstance(self.default, bool):
            return "flag"
        return "choice" if self.choices else "number"

    @property
    def expected(self) -> str:
        """What may be written, in words: `a number > 0 and <= 1`."""
        if self.kind == "flag":
            return "true or false"
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)}"
        bounds = [
            f"{sign} {bound}"
            for sign, bound in (
                (">", self.above), (">=", self.at_least), ("<", self.below), ("<=", self.at_most)
            )
            if bound is not None
        ]  # fmt: skip
        return " ".join([f"a {'whole ' if self.whole else ''}number", " and ".join(bounds)]).strip()

    def accepts(self, value: Any) -> bool:
        """Whether a single value is one of those expected."""
        if self.kind == "flag":
            return isinstance(value, bool)
        if self.kind == "choice":
            return value in self.choices
        if isinstance(value, bool) or not isinstance(value, int | float) or value - value != 0:
            return False
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
            and (not self.whole or int(value) == value)
        )


@dataclass(frozen=True)
class Operator:
    """A method made ready for one tensor: what its elements start..stop become.

    Ranges are whole multiples of `unit` elements, for methods that look at rows.
    """

    combine: Callable[[int, int], Block]
    unit: int = 1


# needed: without it there is no task vector. member: it counts as one model more. donor: it gives the
# configuration and tokenizer only. origin: with it, task vectors are merged instead of tensors. refused:
# none.
Base = Literal["needed", "member", "donor", "origin", "refused"]


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way to merge. `models`: fewest and most besides a needed or original base, None for any number."""

    name: str
    title: str
    paper: str
    models: tuple[int, int | None]
    base: Base
    parameters: tuple[Parameter, ...] = ()
    prepare: Callable[[TensorInputs], Operator]
    # Settings that only together are wrong: (code, message), or None. Given the values per model.
    check: Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], tuple[str, str] | None] | None = None
    # Whether a tensor may have to be held whole: what `--dry-run` predicts depends on it.
    holds_tensor: bool = False

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, if there is one."""
        return next((each for each in self.parameters if each.name == name), None)


WEIGHT = Parameter(name="weight", doc="share of the model", required=True, per_model=True)
