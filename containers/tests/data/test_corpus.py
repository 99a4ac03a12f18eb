"""Splitting by document, and encoding no more than asked."""

import pytest
import torch

from agent_forge.data.corpus import encode_texts, excerpts, require_tokens, split_texts
from agent_forge.data.tokenizer import BOS_ID, TextTokenizer
from agent_forge.errors import ForgeError
from tests.data.texts import documents


def test_every_kth_document_is_held_out_and_nothing_is_lost() -> None:
    texts = [f"document {i}" for i in range(20)]
    split = split_texts(texts, 5)
    assert split.held_out == tuple(texts[i] for i in (4, 9, 14, 19))
    assert sorted(split.train + split.held_out) == sorted(texts)


def test_at_least_one_document_is_held_out_when_k_is_larger_than_their_number() -> None:
    split = split_texts([f"document {i}" for i in range(10)], 23)
    assert split.held_out == ("document 9",)


def test_few_documents_are_each_split_at_a_word_in_their_tail() -> None:
    texts = documents(2)
    split = split_texts(texts, 5)
    assert [a + b for a, b in zip(split.train, split.held_out, strict=True)] == texts
    for head, tail in zip(split.train, split.held_out, strict=True):
        assert tail[0].isspace()
        assert 0.1 < len(tail) / (len(head) + len(tail)) < 0.25


@pytest.mark.parametrize("texts", [[], [""], ["  \n", "\t"]])
def test_a_corpus_without_text_is_refused(texts: list[str]) -> None:
    with pytest.raises(ForgeError, match="holds no text") as error:
        split_texts(texts, 5)
    assert error.value.kind == "validation"


def test_a_stream_too_short_for_its_windows_is_refused_with_both_numbers() -> None:
    with pytest.raises(ForgeError, match="has 5 tokens; expected at least 64") as error:
        require_tokens(torch.zeros(5), 64, "held-out")
    assert error.value.detail == {"split": "held-out", "tokens": 5, "required": 64}


def test_excerpts_take_the_same_share_of_every_text_and_come_from_it() -> None:
    texts = documents(10)
    parts = excerpts(texts, sum(map(len, texts)) // 4, seed=3)
    assert len(parts) == 10
    for part, text in zip(parts, texts, strict=True):
        assert part in text
        assert 0.2 < len(part) / len(text) < 0.3
    assert excerpts(texts, sum(map(len, texts)) // 4, seed=4) != parts


def test_encoding_stops_at_the_limit_and_puts_bos_in_front_of_each_text() -> None:
    texts = documents(4)
    tokenizer = TextTokenizer.train(texts, 384)
    everything = encode_texts(tokenizer, texts, 10**6, seed=1)
    assert int((everything == BOS_ID).sum()) == 4
    assert tokenizer.decode(everything.tolist()) == "".join(texts)
    assert len(encode_texts(tokenizer, texts, 500, seed=1)) <= 500
