"""The image definition, read as text: nothing here needs a container engine."""

import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import pytest

from agent_forge.__main__ import _parser
from agent_forge.contracts import load_contract
from agent_forge.models import compiled_kernel

REPOSITORY = Path(__file__).resolve().parents[2]
DOCKERFILE = REPOSITORY / "containers" / "Dockerfile"
TARGETS = ("cpu", "cuda")


@dataclass
class Stage:
    """One FROM and the instructions below it."""

    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def last(self, keyword: str) -> str:
        """Argument of the last instruction with this keyword."""
        return [argument for word, argument in self.instructions if word == keyword][-1]


def _read() -> tuple[dict[str, str], dict[str, Stage]]:
    """Build arguments and stages; `${ARG}` in a FROM is replaced."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8")))
    arguments: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, argument = line.partition(" ")
        if word == "ARG":
            name, _, value = argument.partition("=")
            arguments[name] = value
        elif word == "FROM":
            base, _, name = argument.partition(" AS ")
            stages[name] = Stage(re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], base), name)
        else:
            stages[next(reversed(stages))].instructions.append((word, argument))
    return arguments, stages


ARGUMENTS, STAGES = _read()


def _chain(target: str) -> list[Stage]:
    """A target and the stages it is built on, the outermost first."""
    stages = [STAGES[target]]
    while stages[-1].base in STAGES:
        stages.append(STAGES[stages[-1].base])
    return stages


def test_every_base_image_is_pinned_to_a_release() -> None:
    images = {stage.base for stage in STAGES.values()} - set(STAGES) - {"scratch"}
    assert len(images) == 2
    for image in images:
        assert re.search(r":\d+\.\d+\.\d+\S*$", image), f"{image} names no release"
        assert "latest" not in image


@pytest.mark.parametrize(
    ("target", "image"), [("cpu", r"python:3\.11\.\d+-slim"), ("cuda", r"nvidia/cuda:\S+-runtime")]
)
def test_each_target_stands_on_its_own_base(target: str, image: str) -> None:
    assert re.match(image, _chain(target)[-1].base)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_runs_as_a_user_without_rights_who_owns_only_the_scratch_folder(target: str) -> None:
    stage = STAGES[target]
    user, _, group = stage.last("USER").partition(":")
    assert int(user) >= 10000
    assert int(group) >= 10000
    assert f"chown {user}:{group} /scratch" in stage.last("RUN")
    assert "FORGE_SCRATCH=/scratch" in stage.last("ENV")
    assert not any("--chown" in argument for word, argument in stage.instructions if word == "COPY")


@pytest.mark.parametrize("target", TARGETS)
def test_entry_point_and_job_command_make_a_line_that_the_container_understands(target: str) -> None:
    # given
    entry = json.loads(STAGES[target].last("ENTRYPOINT"))
    command = load_contract("jobs.json")["command"]
    # when
    options = _parser().parse_args([part.replace("Ref::task", "s3://bucket/task.json") for part in command])
    # then
    assert entry == ["python", "-m", "agent_forge"]
    assert options.task == "s3://bucket/task.json"


@pytest.mark.parametrize("target", TARGETS)
def test_packages_come_from_the_pinned_list_with_the_command_that_set_up_uses(target: str) -> None:
    # given
    runs = [argument for stage in _chain(target) for word, argument in stage.instructions if word == "RUN"]
    installs = [run for run in runs if "pip install" in run]
    set_up = (REPOSITORY / "scripts" / "setup-steps.mjs").read_text(encoding="utf-8")
    # when / then
    assert len(installs) == 1
    assert installs[0].endswith("-r /tmp/requirements.txt")
    for option in ("--no-input", "--disable-pip-version-check"):
        assert option in installs[0]
        assert option in set_up


def test_every_requirement_names_one_release() -> None:
    lines = (REPOSITORY / "containers" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert names
    assert [line for line in names if not re.fullmatch(r"[\w.-]+(\[\w+\])?==\d[\w.]*", line)] == []


@pytest.mark.parametrize("target", TARGETS)
def test_bytecode_is_compiled_into_the_image_and_never_switched_off(target: str) -> None:
    assert "compileall" in STAGES[target].last("RUN")
    assert "PYTHONDONTWRITEBYTECODE" not in DOCKERFILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS)
def test_kernels_are_compiled_apart_and_only_what_was_compiled_goes_into_the_image(target: str) -> None:
    # given
    build = "/app/" + compiled_kernel.BUILD.relative_to(REPOSITORY / "containers").as_posix()
    compiling = STAGES["kernels"]
    # then
    assert compiling.last("RUN") == f"python3 -m {compiled_kernel.__name__} --required"
    assert ("COPY", f"--from=kernels {build} {build}") in STAGES[target].instructions
    assert not any("gcc" in argument for stage in _chain(target) for _, argument in stage.instructions)
    assert "**/kernels/build" in (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text(encoding="utf-8")


def test_whatever_is_copied_exists_and_passes_the_ignore_file() -> None:
    # given
    ignore = (REPOSITORY / "containers" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line[1:] for line in ignore if line.startswith("!")]
    copies = [
        argument.split()
        for stage in STAGES.values()
        for word, argument in stage.instructions
        if word == "COPY" and not argument.startswith("--from")
    ]
    # when
    sources = {source for copy in copies for source in copy[:-1]}
    # then
    assert "*" in ignore
    assert "contracts/schemas" in sources
    for source in sources:
        assert (REPOSITORY / source).exists(), source
        assert any(fnmatch(source, pattern) for pattern in allowed), source


def test_no_instruction_fetches_from_the_network_by_itself_or_leaves_package_lists() -> None:
    for stage in STAGES.values():
        for word, argument in stage.instructions:
            assert word != "ADD"
            assert not re.search(r"\b(curl|wget)\b", argument)
            assert ("apt-get update" in argument) == ("rm -rf /var/lib/apt/lists/*" in argument)
