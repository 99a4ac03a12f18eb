"""From all that was tried to one file: the table of choices, what a selection weighs, the contents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_forge.codecs.allocation import Choice, Chosen
from agent_forge.codecs.container import Contents, Packed, container_bytes
from agent_forge.codecs.header import Entry, Header, Stream, entry_bytes, header_bytes
from agent_forge.codecs.registry import CODECS
from agent_forge.compression.encodings import Item, Tried, kept_as_is
from agent_forge.compression.slots import SEARCHED, Slot


@dataclass(frozen=True)
class Catalogue:
    """Everything that a selection can be made of.

    Args:
        model: config.json.
        fixed: what is stored of the tensors that have one way.
        results: by family and candidate; refused ones are left out.
    """

    model: Mapping[str, Any]
    slots: Mapping[str, Slot]
    fixed: Mapping[str, Packed]
    results: Mapping[Item, Tried]
    sensitivities: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def of(
        model: Mapping[str, Any],
        slots: Sequence[Slot],
        results: Iterable[Tried],
        sensitivities: Mapping[str, float],
    ) -> "Catalogue":
        """Gather; fixed tensors are encoded here."""
        fixed = {slot.name: kept_as_is(slot) for slot in slots if slot.kind != SEARCHED}
        usable = {each.item: each for each in results if each.refused is None}
        return Catalogue(model, {slot.name: slot for slot in slots}, fixed, usable, sensitivities)

    @property
    def weights(self) -> int:
        """Of all tensors."""
        return sum(slot.weight.numel() for slot in self.slots.values())

    @property
    def place(self) -> int:
        """Stands for where a stream will lie: as many digits as most places have."""
        return 10 ** (len(str(self.weights // 5))) - 1

    def table(self, only: Sequence[str] | None = None, scale: float = 1.0) -> dict[str, list[Choice]]:
        """Choices of every searched tensor.

        A codebook is charged once, to all that use it together; `rate` is without it.

        Args:
            only: candidates that may be taken; None for all.
            scale: what predicted losses are multiplied with.
        """
        found: dict[str, list[Choice]] = {
            slot.name: [] for slot in self.slots.values() if slot.kind == SEARCHED
        }
        for item, each in self.results.items():
            if only is not None and item.candidate not in only:
                continue
            book = weight_of(item.key, (), each.shared, self.place) if each.shared else 0
            key = item.key if each.shared else None
            for name, packed in each.tensors.items():
                loss = scale * self.sensitivities[name] * each.errors[name]
                rate = weight_of(name, tuple(self.slots[name].weight.shape), packed, self.place, key)
                found[name].append(Choice(item.candidate, rate, loss, key, book))
        return found

    @property
    def fixed_bytes(self) -> int:
        """Bytes that no choice changes: fixed tensors and the header without the entries of the others."""
        bare = len(header_bytes(Header(dict(self.model), (), ())))
        shapes = {name: tuple(self.slots[name].weight.shape) for name in self.fixed}
        return bare + sum(
            weight_of(name, shapes[name], each, self.place) for name, each in self.fixed.items()
        )

    def contents(self, chosen: Chosen) -> Contents:
        """What the file of a selection holds."""
        tensors = {name: (tuple(self.slots[name].weight.shape), each) for name, each in self.fixed.items()}
        shared: dict[str, str] = {}
        families: dict[str, Packed] = {}
        for name, choice in chosen.items():
            slot = self.slots[name]
            each = self.results[Item(slot.family, choice.name)]
            tensors[name] = (tuple(slot.weight.shape), each.tensors[name])
            if each.shared is not None:
                shared[name] = each.item.key
                families[each.item.key] = each.shared
        return Contents(self.model, tensors, shared, families)

    def file(self, chosen: Chosen) -> bytes:
        """The file of a selection."""
        return container_bytes(self.contents(chosen))


def weight_of(
    name: str, shape: tuple[int, ...], packed: Packed, place: int, shared: str | None = None
) -> int:
    """Bytes that a tensor adds to a file: its streams and its entry in the header."""
    streams = {
        stream: Stream(place, len(data), form, len(packed.encoded.streams[stream]))
        for stream, (form, data) in packed.forms.items()
    }
    version = CODECS[packed.codec].version
    entry = Entry(name, packed.codec, version, shape, packed.encoded.params, streams, "0" * 64, shared)
    return packed.stored + entry_bytes(entry)


def single_choices(catalogue: Catalogue) -> dict[str, Chosen]:
    """Every candidate for all searched tensors, where it can hold them all."""
    found = {}
    for candidate in sorted({item.candidate for item in catalogue.results}):
        table = catalogue.table([candidate])
        if all(table.values()):
            found[candidate] = {name: choices[0] for name, choices in table.items()}
    return found
