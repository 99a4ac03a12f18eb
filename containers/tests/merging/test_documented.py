"""docs/merging.md says of every method what the registry says."""

from pathlib import Path

import pytest

from agent_forge.merging.methods.method import Method, Parameter
from agent_forge.merging.methods.registry import METHODS
from agent_forge.merging.recipe import TINY_TITAN_LINEAR_ONLY

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "merging.md"
BASES = {
    "needed": "needed",
    "member": "counts as a model",
    "donor": "gives configuration and tokenizer",
    "origin": "optional, makes it work on task vectors",
    "refused": "none",
}


def method_row(method: Method) -> str:
    fewest, most = method.models
    models = str(fewest) if fewest == most else f"{fewest} or more"
    names = ", ".join(f"`{parameter.name}`" for parameter in method.parameters) or "-"
    return (
        f"| `{method.name}` | {method.title} | {models} | {BASES[method.base]} | {names} | {method.paper} |"
    )


def parameter_row(parameter: Parameter) -> str:
    methods = ", ".join(f"`{method.name}`" for method in METHODS.values() if parameter in method.parameters)
    default = (
        "needed" if parameter.required else "none" if parameter.default is None else str(parameter.default)
    )
    per_model = "yes" if parameter.per_model else "no"
    columns = [f"`{parameter.name}`", methods, parameter.doc, parameter.expected, default.lower(), per_model]
    return f"| {' | '.join(columns)} |"


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_every_method_has_its_row(method: Method) -> None:
    assert method_row(method) in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_every_parameter_has_its_row_with_each_default_that_it_has() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    wanted = {parameter_row(parameter) for method in METHODS.values() for parameter in method.parameters}
    assert wanted - set(lines) == set()


def test_the_default_list_for_tiny_titan_is_the_one_in_the_code() -> None:
    listed = ", ".join(TINY_TITAN_LINEAR_ONLY)
    assert f"linear_only: [{listed}]" in DOCUMENT.read_text(encoding="utf-8")
