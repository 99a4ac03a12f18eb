"""How a request, a call, its result and the answer are written as tokens, and which of them are learned.

`begin request newline [call text end [result text end]] answer end-of-text`. All text is spelled, one row per
byte, so that a number in a request and the same number in a call are the same tokens. The four marks are
reserved rows that no text can spell.

Legend: N examples, T tokens of a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, EOS_ID, PAD_ID, TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.tools.calls import Call

# Rows of the marks <tool>, </tool>, <result> and </result>.
MARKS = ("<|tool_call|>", "<|tool_end|>", "<|tool_result|>", "<|reserved_0|>")
TURN = b"\n"  # ends a request


@dataclass(frozen=True)
class Example:
    """A request with what should follow it.

    Args:
        call: None where no tool is needed.
        result: what the call's tool says, empty without a call.
        source: where it comes from.
    """

    request: str
    call: Call | None
    result: str
    answer: str
    source: str


class Spelling:
    """The rows of single bytes and of the marks.

    Raises:
        ForgeError(contract): the tokenizer has no row for a mark or a byte.
    """

    def __init__(self, tokenizer: TextTokenizer) -> None:
        rows = [-1 if row is None else row for row in map(tokenizer.tokenizer.token_to_id, MARKS)]
        first = {raw: row for row, raw in reversed(list(enumerate(tokenizer.token_bytes))) if len(raw) == 1}
        if -1 in rows or len({*rows, PAD_ID, BOS_ID, EOS_ID}) != 7 or len(first) != 256:
            raise ForgeError(
                "contract",
                f"The tokenizer has the rows {rows} for {', '.join(MARKS)} and {len(first)} rows of single"
                " bytes; expected four different ones and 256. Train the model in phase 1.",
            )
        self.call, self.call_end, self.result, self.result_end = rows
        self.rows = [first[bytes([byte])] for byte in range(256)]
        self.bytes = {row: byte for byte, row in enumerate(self.rows)}

    @property
    def marks(self) -> tuple[int, int, int, int]:
        """In the order of MARKS."""
        return self.call, self.call_end, self.result, self.result_end

    def encode(self, text: str | bytes) -> list[int]:
        """A row per byte."""
        return [self.rows[byte] for byte in (text.encode() if isinstance(text, str) else text)]

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of rows of bytes; other rows, and bytes that are no UTF-8, show as U+FFFD."""
        return b"".join(
            bytes([self.bytes[row]]) if row in self.bytes else b"\xff" for row in tokens
        ).decode(errors="replace")  # fmt: skip

    def asked(self, request: str) -> list[int]:
        """What stands before the model's turn."""
        return [BOS_ID, *self.encode(request), *self.encode(TURN)]

    def told(self, call: str, result: str) -> list[int]:
        """A call with its result, as they stand before the answer."""
        return [*self.called(call), self.result, *self.encode(result), self.result_end]

    def called(self, call: str) -> list[int]:
        """A call with its marks."""
        return [self.call, *self.encode(call), self.call_end]

    def segments(self, example: Example) -> list[tuple[list[int], bool]]:
        """Tokens of an example in parts, and of each whether it is the model's own to say."""
        parts = [(self.asked(example.request), False)]
        if example.call is not None:
            told = [self.result, *self.encode(example.result), self.result_end]
            parts += [(self.called(example.call.text), True), (told, False)]
        return [*parts, ([*self.encode(example.answer), EOS_ID], True)]


@dataclass(frozen=True)
class Rows:
    """Examples as padded rows, and which tokens are learned; none of the padding is."""

    tokens_NT: Tensor  # int64
    learned_NT: Tensor  # bool

    def __len__(self) -> int:
        return len(self.tokens_NT)


def rows_of(spelling: Spelling, examples: Sequence[Example]) -> Rows:
    """All examples, padded to the longest."""
    written = [spelling.segments(example) for example in examples]
    longest = max(sum(len(tokens) for tokens, _ in parts) for parts in written)
    tokens_NT = torch.full((len(written), longest), PAD_ID)
    learned_NT = torch.zeros(len(written), longest, dtype=torch.bool)
    for place, parts in enumerate(written):
        said = [token for tokens, _ in parts for token in tokens]
        own = [learned for tokens, learned in parts for _ in tokens]
        tokens_NT[place, : len(said)] = torch.tensor(said)
        learned_NT[place, : len(own)] = torch.tensor(own)
    return Rows(tokens_NT, learned_NT)


def refuse_misplaced(spelling: Spelling, rows: Rows) -> None:
    """Stop where a row teaches what is not the model's to say, or does not teach what is.

    Read from the marks in the tokens alone, not from how the rows were made: a model that learns results
    invents them, and one that learns requests talks to itself.

    Raises:
        ForgeError(bug): names the first row and token.
    """
    turn = spelling.rows[TURN[0]]
    for place, (row, learned) in enumerate(
        zip(rows.tokens_NT.tolist(), rows.learned_NT.tolist(), strict=True)
    ):
        asking = told = ended = False
        for at, (token, own) in enumerate(zip(row, learned, strict=True)):
            asking = asking or at == 0
            told = told or token == spelling.result
            expected = not (asking or told or ended)
            if own != expected:
                raise ForgeError(
                    "bug",
                    f"Token {at} of tool example {place} is {'learned' if own else 'not learned'}; expected"
                    " the loss on calls and answers only.",
                    {"row": place, "token": at},
                )
            asking = asking and token != turn
            told = told and token != spelling.result_end
            ended = ended or token == EOS_ID
