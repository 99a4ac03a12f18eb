"""Byte-level BPE with a fixed block of reserved rows, trained on the train split only.

The reserved rows are there from the start, so that no later phase has to resize an embedding.
"""

import hashlib
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from agent_forge.errors import ForgeError
from agent_forge.model_files import TOKENIZER

PAD, BOS, EOS = "<|pad|>", "<|bos|>", "<|eos|>"
NAMED_RESERVED = (
    PAD, BOS, EOS,
    "<|thought_start|>", "<|thought_end|>",
    "<|tool_call|>", "<|tool_result|>", "<|tool_end|>",
    *(f"<|persona_{i}|>" for i in range(8)),
)  # fmt: skip
RESERVED_ROWS = 32
RESERVED = (*NAMED_RESERVED, *(f"<|reserved_{i}|>" for i in range(RESERVED_ROWS - len(NAMED_RESERVED))))
PAD_ID, BOS_ID, EOS_ID = (RESERVED.index(name) for name in (PAD, BOS, EOS))


class TextTokenizer:
    """A tokenizer whose length always equals the model's embedding rows."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        # Text that spells a reserved token stays text: a corpus must not be able to inject one.
        tokenizer.encode_special_tokens = True
        self.tokenizer = tokenizer

    @staticmethod
    def train(texts: Iterable[str], vocab_size: int) -> "TextTokenizer":
        """Train on `texts`; rows that the text cannot fill become named filler tokens.

        Args:
            texts: pieces of the train split, in a fixed order.
            vocab_size: rows in all, a multiple of 64.

        Raises:
            ForgeError(validation): no room for the reserved rows and the 256 bytes, or not a multiple of 64.
        """
        if vocab_size % 64 or vocab_size < RESERVED_ROWS + 256:
            raise ForgeError(
                "validation",
                f"vocab_size is {vocab_size}; expected a multiple of 64 of at least 320, because"
                f" {RESERVED_ROWS} rows are reserved and 256 stand for single bytes. Set vocab_size in the"
                " phase's settings.",
            )
        # The library's own thread pool neither survives a fork nor belongs in a job of one thread.
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            special_tokens=list(RESERVED),
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        missing = vocab_size - tokenizer.get_vocab_size()
        tokenizer.add_special_tokens([AddedToken(f"<|filler_{i}|>", special=True) for i in range(missing)])
        return TextTokenizer(tokenizer)

    @staticmethod
    def from_json(document: str) -> "TextTokenizer":
        """Read tokenizer.json."""
        return TextTokenizer(Tokenizer.from_str(document))

    @staticmethod
    def of(folder: Path) -> "TextTokenizer":
        """The tokenizer of a model folder."""
        return TextTokenizer.from_json((folder / TOKENIZER).read_text(encoding="utf-8"))

    @cached_property
    def json(self) -> str:
        """The text of tokenizer.json."""
        document: str = self.tokenizer.to_str()
        return document

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the bytes of tokenizer.json."""
        return hashlib.sha256(self.json.encode()).hexdigest()

    def __len__(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        """Token ids of `text`, without BOS or EOS."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Text of `ids`; reserved tokens are left out."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text

    @cached_property
    def token_bytes(self) -> tuple[bytes, ...]:
        """The bytes that each row stands for; empty for reserved rows and fillers."""
        special = {
            index for index, token in self.tokenizer.get_added_tokens_decoder().items() if token.special
        }
        table = _byte_of_character()
        names = (self.tokenizer.id_to_token(index) or "" for index in range(len(self)))
        return tuple(b"" if i in special else bytes(table[c] for c in name) for i, name in enumerate(names))


def _byte_of_character() -> dict[str, int]:
    """Byte-level BPE shows a byte as a printable character: itself, or the next free one above 255."""
    printable = [
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    ]
    table = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in set(printable)]
    return table | {chr(256 + place): byte for place, byte in enumerate(others)}
