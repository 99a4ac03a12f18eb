"""The export command: whole or not at all, and refusals with their codes."""

import hashlib
import json
from pathlib import Path

import pytest

from agent_forge.export import command
from tests.export.folders import config_of, export, write_folder, write_record


def test_safetensors_is_the_folder_with_the_hash_of_every_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "model", config_of())
    (folder / "notes").mkdir()
    (folder / "notes" / "a.txt").write_text("n")
    code, told = export(capsys, folder, "safetensors", tmp_path / "out")
    assert code == 0
    expected = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip
    assert {name: each["sha256"] for name, each in told["result"]["files"].items()} == expected
    assert all((tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes() for name in expected)
    document = json.loads((tmp_path / "out" / "export.json").read_text())
    assert document["source"]["weightsHash"] == expected["model.safetensors"]


def test_a_folder_with_something_in_it_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "model", config_of())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("m")
    code, told = export(capsys, folder, "safetensors", tmp_path / "out")
    assert (code, told["error"]["detail"]["problems"][0]["code"]) == (64, "output_exists")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_record_of_other_weights_is_corrupt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "model", config_of())
    other = write_folder(tmp_path / "other", config_of(act=1))
    record = write_record(tmp_path / "r.json", other)
    code, told = export(capsys, folder, "safetensors", tmp_path / "out", "--record", record)
    assert (code, told["error"]["detail"]) == (74, {"code": "hash_mismatch"})
    assert not (tmp_path / "out").exists()


def test_a_record_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "model", config_of())
    (tmp_path / "r.json").write_text("[]")
    code, _ = export(capsys, folder, "hf", tmp_path / "out", "--record", tmp_path / "r.json")
    assert code == 64


def test_an_export_that_dies_half_way_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> dict:
        assert (folder / "model.safetensors").exists()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(command, "_hashes", fail)
    folder = write_folder(tmp_path / "model", config_of())
    code, told = export(capsys, folder, "safetensors", tmp_path / "out")
    assert (code, told["error"]["kind"]) == (72, "disk_full")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_form_whose_packages_are_missing_names_the_command_that_installs_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(command.NEEDED, "gguf", ("no_such_package_here",))
    folder = write_folder(tmp_path / "model", config_of())
    code, told = export(capsys, folder, "gguf", tmp_path / "out")
    assert (code, told["error"]["kind"]) == (69, "dependency")
    assert "npm run test:foreign -- --install" in told["error"]["message"]


def test_a_property_that_no_model_has_cannot_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "model", config_of())
    code, told = export(capsys, folder, "gguf", tmp_path / "out", "--leave-out", "soul")
    assert (code, told["error"]["detail"]["code"]) == (64, "unknown_property")


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    code, _ = export(capsys, tmp_path / "empty", "hf", tmp_path / "out")
    assert code == 64
    assert export(capsys, tmp_path / "none", "hf", tmp_path / "out")[0] == 66
