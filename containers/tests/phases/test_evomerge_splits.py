"""The two halves of the held-out documents, and that nothing is in both."""

import pytest

from agent_forge.data.corpus import split_texts
from agent_forge.errors import ForgeError
from agent_forge.phases.evomerge.splits import halved, hash_of, require_apart, split_hash

TEXTS = [f"Document {number} says something of its own." for number in range(30)]


def test_both_halves_are_held_out_documents_and_have_none_in_common() -> None:
    halves = halved(TEXTS, 5)
    assert set(halves.fitness) | set(halves.report) == set(split_texts(TEXTS, 5).held_out)
    assert len(halves.fitness) == len(halves.report) == 3
    assert not set(halves.fitness) & set(halves.report)


def test_the_halves_depend_on_what_the_documents_say_and_not_on_their_order() -> None:
    assert halved(TEXTS, 2).to_json().keys() == {"fitness", "report"}
    held_out = split_texts(TEXTS, 5).held_out
    # every document is held out in turn, so the same ones come in another order
    again = [text for pair in zip(["Other."] * 6, reversed(held_out), strict=True) for text in pair]
    assert halved(again, 2).to_json() == halved(TEXTS, 5).to_json()


def test_equal_documents_stay_on_one_side() -> None:
    texts = ["Trained on."] * 9 + ["Twice the same."] + ["Trained on."] * 9 + ["Twice the same."]
    halves = halved(texts * 2 + ["x"] * 9 + ["Another one."], 10)
    assert sorted([*halves.fitness, *halves.report]) == ["Another one.", "Twice the same."]


def test_a_single_held_out_text_is_cut_at_a_word() -> None:
    halves = halved(["Many words stand in this one document of ours, and no other text is there."], 2)
    assert halves.fitness[0] != halves.report[0]
    (whole,) = split_texts(
        ["Many words stand in this one document of ours, and no other text is there."], 2
    ).held_out
    assert sorted(whole.split()) == sorted(" ".join([*halves.fitness, *halves.report]).split())


def test_text_that_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ForgeError, match="too few") as error:
        halved(["a"], 2)
    assert error.value.kind == "validation"


def test_splits_that_overlap_are_refused_with_the_documents() -> None:
    splits = halved(TEXTS, 5).to_json()
    shared = splits["fitness"]["documents"][0]
    documents = [*splits["report"]["documents"], shared]
    splits["report"] = {"documents": documents, "hash": split_hash(documents)}
    with pytest.raises(ForgeError, match="1 documents are in the fitness split and in the report") as error:
        require_apart(splits)
    assert error.value.kind == "contract"
    assert (error.value.detail or {})["documents"] == [shared]


def test_a_hash_that_is_not_that_of_its_documents_is_refused() -> None:
    splits = halved(TEXTS, 5).to_json()
    splits["report"]["documents"] = [hash_of("swapped")]
    with pytest.raises(ForgeError, match="is not that of its 1 documents"):
        require_apart(splits)
