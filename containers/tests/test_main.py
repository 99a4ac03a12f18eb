"""The command line."""

import json
from pathlib import Path

import pytest

from agent_forge.__main__ import main
from agent_forge.errors import EXIT_CODES
from agent_forge.properties import measure_model
from tests.support.job_room import JobRoom, in_child
from tests.support.toy_model import write_toy_model


def test_properties_prints_what_is_measured_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    code = main(["properties", str(write_toy_model(tmp_path))])
    # then
    out = capsys.readouterr()
    assert (code, out.err) == (0, "")
    assert json.loads(out.out) == measure_model(tmp_path)


def test_properties_of_what_is_no_model_says_why_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["properties", str(tmp_path)])
    out = capsys.readouterr()
    assert (code, out.out) == (EXIT_CODES["validation"], "")
    assert "has no model.safetensors" in out.err


def test_run_passes_the_task_on_and_returns_the_exit_code(room: JobRoom) -> None:
    done = in_child(lambda: main(["run", "--task", room.uri("tasks/missing.json")]), room.root / "child")
    assert done.code == EXIT_CODES["not_found"]


@pytest.mark.parametrize("arguments", [[], ["run"], ["properties"], ["walk"]])
def test_an_incomplete_command_says_what_is_expected(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m agent_forge" in capsys.readouterr().err
