"""Where schemas are found and what a misfit is called."""

from pathlib import Path

import pytest
from hypothesis import given

from agent_forge import model_files
from agent_forge.contracts import canonical_json, contracts_folder, load_contract, validate
from agent_forge.errors import ForgeError
from tests.tracking.test_events import JSON


def test_a_misfit_names_the_place_the_schema_and_its_kind() -> None:
    with pytest.raises(ForgeError, match="some-address does not fit") as caught:
        validate({"type": 1}, "event-line", kind="corrupt", where="some-address")
    assert caught.value.kind == "corrupt"
    assert "event-line.schema.json" in caught.value.message
    assert caught.value.detail is not None
    assert any(problem.startswith("/type: 1 is not") for problem in caught.value.detail["problems"])


def test_a_schema_that_does_not_exist_is_a_dependency_error() -> None:
    with pytest.raises(ForgeError, match="Schema 'nonsense' is missing") as caught:
        validate({}, "nonsense", kind="bug", where="here")
    assert caught.value.kind == "dependency"


def test_the_contracts_folder_can_be_told_and_a_wrong_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a folder elsewhere
    (tmp_path / "schemas").mkdir()
    (tmp_path / "phases.json").write_text('{"here": true}')
    monkeypatch.setenv("FORGE_CONTRACTS", str(tmp_path))
    # when / then
    assert contracts_folder() == tmp_path
    assert load_contract("phases.json") == {"here": True}
    monkeypatch.setenv("FORGE_CONTRACTS", str(tmp_path / "nowhere"))
    with pytest.raises(ForgeError, match="nowhere; set FORGE_CONTRACTS"):
        contracts_folder()


@given(JSON, JSON)
def test_equal_documents_have_equal_canonical_bytes_whatever_their_order(one: object, two: object) -> None:
    assert canonical_json({"a": one, "b": two}) == canonical_json({"b": two, "a": one})


def test_a_document_with_nan_has_no_canonical_bytes() -> None:
    with pytest.raises(ForgeError, match="not finite") as caught:
        canonical_json({"loss": float("nan")})
    assert caught.value.kind == "numeric"


def test_the_files_of_a_model_are_called_as_the_contract_says() -> None:
    contract = load_contract("model-folder.json")
    assert contract["files"] == {
        name: getattr(model_files, name.upper())
        for name in ("weights", "index", "config", "tokenizer", "properties")
    }
    assert tuple(contract["lateBlocks"]) == model_files.LATE_BLOCKS
