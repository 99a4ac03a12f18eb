"""The container against contracts/: same phases, same command, same examples as TypeScript."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent_forge.__main__ import _parser
from agent_forge.contracts import contracts_folder, load_contract, validate
from agent_forge.errors import ForgeError
from agent_forge.registry import PHASES, load_phase
from tests.support.job_room import default_config

EXAMPLES = contracts_folder() / "examples"
# What the container itself reads or writes.
CONTAINER_SCHEMAS = (
    "task-spec",
    "result-manifest",
    "checkpoint-manifest",
    "event",
    "metric-record",
    "properties",
)


def _examples(verdict: str) -> list[tuple[str, Path]]:
    files = sorted(EXAMPLES.glob(f"**/{verdict}/*.json"))
    return [(path.parents[1].relative_to(EXAMPLES).as_posix(), path) for path in files]


def test_the_registry_runs_exactly_the_phases_that_are_available() -> None:
    available = {phase["slug"] for phase in load_contract("phases.json")["phases"] if phase["available"]}
    assert set(PHASES) == available


@pytest.mark.parametrize("slug", sorted(PHASES))
def test_a_registered_phase_can_be_run(slug: str) -> None:
    assert callable(load_phase(slug).run)
    assert PHASES[slug] == f"agent_forge.phases.{slug.replace('-', '_')}.phase"
    assert importlib.util.find_spec(PHASES[slug]) is not None


def test_the_job_command_is_one_that_the_container_understands() -> None:
    # given the command of every job definition
    command = load_contract("jobs.json")["command"]
    # when
    options = _parser().parse_args([part.replace("Ref::task", "file:///task.json") for part in command])
    # then
    assert options.task == "file:///task.json"


def test_the_default_settings_fit_their_schema() -> None:
    config = default_config()
    validate(config, "phases/cognate", kind="bug", where="the defaults")
    assert len(config) > 20


@pytest.mark.parametrize("schema", CONTAINER_SCHEMAS)
def test_every_format_of_the_container_has_examples_of_both_kinds(schema: str) -> None:
    assert {
        verdict for verdict in ("valid", "invalid") if list((EXAMPLES / schema / verdict).glob("*.json"))
    } == {
        "valid",
        "invalid",
    }


@pytest.mark.parametrize(("schema", "path"), _examples("valid"), ids=str)
def test_a_valid_example_is_accepted(schema: str, path: Path) -> None:
    validate(json.loads(path.read_text(encoding="utf-8")), schema, kind="validation", where=path.name)


@pytest.mark.parametrize(("schema", "path"), _examples("invalid"), ids=str)
def test_an_invalid_example_is_refused(schema: str, path: Path) -> None:
    with pytest.raises(ForgeError):
        validate(json.loads(path.read_text(encoding="utf-8")), schema, kind="validation", where=path.name)


def test_loading_every_phase_brings_no_graph_runtime() -> None:
    # In a process of its own: here another test may have brought them.
    program = (
        "import sys\n"
        "from agent_forge.registry import PHASES, load_phase\n"
        "for slug in PHASES: load_phase(slug)\n"
        "print(sorted({name for name in sys.modules if name in ('onnx', 'onnxruntime')}))\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
