"""Error kinds, exit codes and what an exception means."""

import pytest

from agent_forge.contracts import load_contract
from agent_forge.errors import EXIT_CODES, ForgeError, classify


def test_the_exit_codes_are_those_of_the_shared_table() -> None:
    # given
    shared = {kind: row["exit"] for kind, row in load_contract("errors.json")["kinds"].items()}
    # when / then: every kind a container ends with, and no two kinds of ours share a code
    assert {kind: shared[kind] for kind in EXIT_CODES} == EXIT_CODES
    assert len(set(EXIT_CODES.values())) == len(EXIT_CODES)


def test_a_kind_that_nobody_knows_cannot_be_raised() -> None:
    with pytest.raises(ValueError, match="Unknown error kind 'weird'; expected one of validation"):
        ForgeError("weird", "message")


def test_a_forge_error_keeps_its_kind_and_an_unforeseen_one_becomes_a_bug_with_its_traceback() -> None:
    # given
    known = ForgeError("budget", "The budget is used up.", {"spent": 3})
    # when
    unforeseen = classify(KeyError("loss"))
    # then
    assert classify(known) is known
    assert known.to_json() == {"kind": "budget", "message": "The budget is used up.", "detail": {"spent": 3}}
    assert (unforeseen.kind, unforeseen.exit_code) == ("bug", 70)
    assert unforeseen.detail is not None
    assert unforeseen.detail["type"] == "KeyError"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"), "out_of_memory"),
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
            "out_of_memory",
        ),
        (OSError(122, "Disk quota exceeded"), "disk_full"),
        (OSError(5, "Input/output error"), "dependency"),
        (FloatingPointError("overflow"), "numeric"),
        (ModuleNotFoundError("No module named 'onnx'", name="onnx"), "dependency"),
        (ModuleNotFoundError("No module named 'agent_forge.x'", name="agent_forge.x"), "bug"),
    ],
)
def test_a_library_error_gets_the_kind_that_says_what_to_do(error: Exception, kind: str) -> None:
    assert classify(error).kind == kind
