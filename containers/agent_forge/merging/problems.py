"""What is wrong with a recipe or its models: collected and told at once, before anything is written."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agent_forge.errors import ForgeError


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault. `pointer` is a JSON pointer into the recipe's document; `code` is for programs."""

    pointer: str
    code: str
    message: str
    expected: str | None = None
    got: str | None = None
    suggestion: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Without the members that say nothing."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def refuse(headline: str, problems: Sequence[Problem]) -> ForgeError:
    """The error for one or more problems: kind `validation`, the first problem's code."""
    lines = [f"{problem.pointer or '/'}: {problem.message}" for problem in problems]
    detail = {"code": problems[0].code, "problems": [problem.to_json() for problem in problems]}
    return ForgeError("validation", "\n".join([headline, *lines]), detail)


def unknown(pointer: str, what: str, name: str, known: Iterable[str]) -> Problem:
    """A name that does not exist, with the nearest one that does."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return Problem(
        pointer=pointer,
        code="unknown_field" if what == "key" else f"unknown_{what}",
        message=f"{name!r} is no {what} known here",
        expected=f"one of {', '.join(names)}" if names else "none",
        got=name,
        suggestion=near[0] if near else None,
    )
