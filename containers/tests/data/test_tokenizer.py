"""The tokenizer: reserved rows, fixed length, bytes accounted for, no injection."""

import pytest

from agent_forge.data.tokenizer import BOS, BOS_ID, RESERVED, RESERVED_ROWS, TextTokenizer
from agent_forge.errors import ForgeError
from tests.data.texts import documents

TEXTS = documents(3)
AWKWARD = "naïve — “quotes” 你好 🙂\n\ttabs  and   spaces 1867-1999\x00"


@pytest.fixture(scope="module")
def tokenizer() -> TextTokenizer:
    return TextTokenizer.train(TEXTS, 448)


@pytest.mark.parametrize("vocab_size", [320, 384, 2048])
def test_its_length_is_always_the_number_of_rows_asked_for(vocab_size: int) -> None:
    # 2048 is far more than these words can fill: fillers take the rest
    assert len(TextTokenizer.train(TEXTS, vocab_size)) == vocab_size


@pytest.mark.parametrize("vocab_size", [256, 300, 321])
def test_a_size_without_room_or_off_the_grid_of_64_is_refused(vocab_size: int) -> None:
    with pytest.raises(ForgeError, match=f"vocab_size is {vocab_size}") as error:
        TextTokenizer.train(TEXTS, vocab_size)
    assert error.value.kind == "validation"


def test_the_reserved_rows_come_first_and_are_distinct(tokenizer: TextTokenizer) -> None:
    assert [tokenizer.tokenizer.token_to_id(name) for name in RESERVED] == list(range(RESERVED_ROWS))
    assert "<|thought_start|>" in RESERVED
    assert "<|tool_call|>" in RESERVED


def test_any_text_survives_encoding_and_decoding(tokenizer: TextTokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode(AWKWARD)) == AWKWARD


def test_the_bytes_of_the_tokens_are_the_bytes_of_the_text(tokenizer: TextTokenizer) -> None:
    for text in (AWKWARD, TEXTS[0]):
        table = tokenizer.token_bytes
        assert b"".join(table[token] for token in tokenizer.encode(text)) == text.encode()
    assert all(tokenizer.token_bytes[row] == b"" for row in range(RESERVED_ROWS))


def test_text_that_spells_a_reserved_token_stays_text(tokenizer: TextTokenizer) -> None:
    ids = tokenizer.encode(f"a{BOS}b<|tool_call|>")
    assert min(ids) >= RESERVED_ROWS
    assert BOS_ID not in TextTokenizer.from_json(tokenizer.json).encode(BOS)


def test_training_again_gives_the_same_hash_and_other_text_another(tokenizer: TextTokenizer) -> None:
    assert TextTokenizer.train(list(TEXTS), 448).hash == tokenizer.hash
    assert TextTokenizer.train(documents(3, seed=9), 448).hash != tokenizer.hash


def test_a_tokenizer_read_back_is_the_same(tokenizer: TextTokenizer) -> None:
    again = TextTokenizer.from_json(tokenizer.json)
    assert again.hash == tokenizer.hash
    assert again.encode(TEXTS[1]) == tokenizer.encode(TEXTS[1])


def test_single_letters_and_digits_next_to_each_other_are_single_tokens(tokenizer: TextTokenizer) -> None:
    assert len(tokenizer.encode("a3k7z0")) == 6
