"""Records carry the hash of their own text; the ledger is made of records and of nothing else."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from agent_forge.__main__ import main
from agent_forge.contracts import contracts_folder
from agent_forge.errors import EXIT_CODES, ForgeError
from agent_forge.experiments.catalogue import GROUPS, PACKAGES, experiments_of
from agent_forge.experiments.claims import render_claims, write_claims
from agent_forge.experiments.record import read_record, recorded_seeds, write_record
from agent_forge.experiments.runner import run_experiment
from tests.experiments.toy_experiment import with_bound

REPOSITORY = contracts_folder().parent


def record(**changes: Any) -> dict[str, Any]:
    return run_experiment(with_bound(0.9), "full", [1, 2, 3], lambda _: None) | changes


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_record(record(), tmp_path)
    assert path == tmp_path / "TOY/full.json"
    found = read_record(path)
    assert found["verdict"] == "held"
    assert found["arms"][0]["results"][2]["measures"]["score"] == pytest.approx(0.93)


def test_the_hash_is_over_the_text_without_it_so_that_any_language_can_check_it(tmp_path: Path) -> None:
    text = write_record(record(), tmp_path).read_text(encoding="utf-8")
    stated = json.loads(text)["sha256"]
    assert hashlib.sha256(text.replace(stated, "").encode()).hexdigest() == stated


@pytest.mark.parametrize(
    ("old", "new"), [('"verdict": "held"', '"verdict": "failed"'), ("0.93", "0.98"), ("\n}", "\n }")]
)
def test_a_record_that_was_edited_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = write_record(record(), tmp_path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ForgeError, match="run the experiment again") as error:
        read_record(path)
    assert error.value.kind == "corrupt"


def test_a_record_that_does_not_fit_the_schema_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="/verdict"):
        write_record(record(verdict="probably"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_shows_every_measured_value_the_interval_the_verdict_and_the_hash(tmp_path: Path) -> None:
    written = read_record(write_record(record(), tmp_path))
    text = render_claims([written], [])
    for shown in ("**held**", "0.91, 0.92, 0.93", "0.7 to 0.7", "too few seeds", written["sha256"]):
        assert shown in text


def test_a_failed_claim_stays_in_the_ledger(tmp_path: Path) -> None:
    failed = run_experiment(with_bound(0.99), "full", [1, 2, 3], lambda _: None)
    write_record(failed, tmp_path)
    write_claims(tmp_path, tmp_path / "claims.md", tmp_path / "verdicts.json")
    ledger = (tmp_path / "claims.md").read_text(encoding="utf-8")
    assert "| TOY | The high arm is higher. | **failed** |" in ledger
    assert all(f"| {name} | " in ledger for name in PACKAGES)


def test_a_group_runs_each_of_its_experiments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert experiments_of("E1") == ("E1",)
    assert experiments_of("merge") == ("E3A", "E3B", "E3C", "E3D")
    assert main(["evidence", "quietstar", "--seeds", "4", "--folder", str(tmp_path)]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["experiment"], each["tier"]) for each in said] == [("E4", "ci")]


def test_without_seeds_a_record_is_made_again_with_its_own(tmp_path: Path) -> None:
    assert recorded_seeds(REPOSITORY / "evidence", "E4") == [12, 13, 14]
    write_record(record(experiment="E3A", seeds=[7, 8]), tmp_path)
    assert main(["evidence", "E3A", "--folder", str(tmp_path)]) == 0
    assert read_record(tmp_path / "E3A/ci.json")["seeds"] == [7, 8]
    assert recorded_seeds(tmp_path, "E5") == []


def test_the_help_names_every_group_and_what_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["evidence", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name, ids in GROUPS.items():
        assert ("all (default)" if name == "all" else f"{name} ({', '.join(ids)})") in said


def test_every_experiment_has_a_full_record_with_three_seeds_or_the_ledger_says_that_it_has_none() -> None:
    ledger = (REPOSITORY / "docs/claims.md").read_text(encoding="utf-8")
    for name in PACKAGES:
        path = REPOSITORY / "evidence" / name / "full.json"
        if not path.exists():
            assert f"| **not measured** | none; `npm run evidence -- {name} --tier full` |" in ledger
            continue
        found = read_record(path)
        assert (found["experiment"], found["tier"]) == (name, "full")
        assert len(found["seeds"]) >= 3
        assert found["verdict"] in ("held", "failed")


def test_the_committed_ledger_is_what_the_committed_records_give(tmp_path: Path) -> None:
    write_claims(REPOSITORY / "evidence", tmp_path / "claims.md", tmp_path / "verdicts.json")
    committed = (REPOSITORY / "docs/claims.md").read_text(encoding="utf-8")
    assert committed == (tmp_path / "claims.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_a_smoke_run_measures_every_arm_and_decides_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    code = main(
        [
            "evidence",
            name,
            "--seeds",
            "4",
            "--folder",
            str(tmp_path),
            "--ledger",
            str(tmp_path / "c.md"),
            "--verdicts",
            str(tmp_path / "v.json"),
        ]
    )
    # then
    assert code == 0
    found = read_record(tmp_path / name / "ci.json")
    assert json.loads(capsys.readouterr().out)["verdict"] == found["verdict"] == "no verdict"
    assert all(len(arm["results"]) == 1 for arm in found["arms"])
    assert not (tmp_path / "c.md").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["E99"], "no experiment 'E99'; expected one of E1, E1B, E2"),
        (["merges"], "or of the groups merge, quietstar"),
        (["E1", "--seeds", "1,1"], "--seeds is '1,1'"),
        (["E1", "--seeds", "one"], "expected different whole numbers"),
    ],
)
def test_a_wrong_request_is_refused_with_what_is_expected(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evidence", *arguments]) == EXIT_CODES["validation"]
    assert message in capsys.readouterr().err
