"""docs/exports.md names what the code knows."""

import re
from pathlib import Path

from agent_forge.export.command import FORMS, INSTALL
from agent_forge.export.gguf_tensors import STORAGES
from agent_forge.export.standard import LEAVABLE

TEXT = (Path(__file__).resolve().parents[3] / "docs/exports.md").read_text(encoding="utf-8")


def test_the_forms_of_the_table_are_those_of_the_command() -> None:
    table = TEXT[TEXT.index("| `--to` |") : TEXT.index("`.venv-foreign` holds")]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FORMS)


def test_types_options_and_commands_are_the_real_ones() -> None:
    assert all(storage in TEXT for storage in STORAGES)
    assert set(re.findall(r"--leave-out ([\w,]+)", TEXT)) == {"memory,thought,act"}
    assert set(LEAVABLE) == {"memory", "thought", "act"}
    assert INSTALL in TEXT
