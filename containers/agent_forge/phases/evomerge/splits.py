"""Held-out documents in two halves by hash: fitness selects on one, the report is written from the other."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_forge.data.corpus import split_texts
from agent_forge.errors import ForgeError


@dataclass(frozen=True)
class Halves:
    """Texts of both sides."""

    fitness: tuple[str, ...]
    report: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Hashes of the documents of both sides, and a hash over each side."""
        return {
            side: {"hash": split_hash(documents), "documents": documents}
            for side, documents in (("fitness", _hashes(self.fitness)), ("report", _hashes(self.report)))
        }


def halved(texts: Iterable[str], held_out_every: int) -> Halves:
    """Split what phase 1 held out in two.

    Documents are dealt out in the order of their hashes, so that a side depends on content alone, both sides
    have as many, and equal documents stay together. A single document is cut in the middle.

    Args:
        texts: the whole corpus in file order.
        held_out_every: which documents were held out; see agent_forge.data.corpus.split_texts.

    Raises:
        ForgeError(validation): too little held-out text for two sides.
    """
    held_out = split_texts(texts, held_out_every).held_out
    unique = sorted({hash_of(text): text for text in held_out}.items())
    if len(unique) == 1:
        text = unique[0][1]
        cut = _word_boundary(text)
        unique = [(hash_of(part), part) for part in (text[:cut], text[cut:]) if part.strip()]
    halves = Halves(tuple(text for _, text in unique[0::2]), tuple(text for _, text in unique[1::2]))
    if not halves.fitness or not halves.report:
        raise ForgeError(
            "validation",
            f"{len(held_out)} held-out documents are too few for a fitness and a report split; expected text"
            " for both. Use a larger corpus or a smaller held_out_every.",
        )
    require_apart(halves.to_json())
    return halves


def require_apart(splits: Mapping[str, Any]) -> None:
    """Refuse to report on what was selected on.

    Args:
        splits: what `Halves.to_json` wrote.

    Raises:
        ForgeError(contract): a document is on both sides, a side is empty, or a hash is not that of its
        documents.
    """
    fitness, report = splits["fitness"], splits["report"]
    for side, split in (("fitness", fitness), ("report", report)):
        if not split["documents"] or split["hash"] != split_hash(split["documents"]):
            raise ForgeError(
                "contract",
                f"The {side} split's hash {split['hash']} is not that of its"
                f" {len(split['documents'])} documents; run the phase again.",
            )
    both = sorted(set(fitness["documents"]) & set(report["documents"]))
    if both or fitness["hash"] == report["hash"]:
        raise ForgeError(
            "contract",
            f"{len(both)} documents are in the fitness split and in the report split (first: {both[:3]}):"
            " numbers on text that selected the model would not count. Expected two splits without a common"
            " document.",
            {"documents": both},
        )


def hash_of(text: str) -> str:
    """SHA-256 of one document."""
    return hashlib.sha256(text.encode()).hexdigest()


def split_hash(documents: Sequence[str]) -> str:
    """One hash over the hashes of a side's documents, whatever their order."""
    return hash_of("\n".join(sorted(documents)))


def _hashes(texts: Sequence[str]) -> list[str]:
    return sorted(hash_of(text) for text in texts)


def _word_boundary(text: str) -> int:
    """A place near the middle where a word begins."""
    middle = len(text) // 2
    spaces = [place for place in range(middle, min(len(text), middle + 200)) if text[place].isspace()]
    return spaces[0] if spaces else middle
