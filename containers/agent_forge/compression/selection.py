"""From all that was tried to one file: the table of choices, what a selection weighs, the contents."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_forge.codecs.allocation import Choice, Chosen
from agent_forge.codecs.container import Contents, Packed, container_bytes
from agent_forge.compression.encodings import Item, Tried, kept_as_is
from agent_forge.compression.slots import SEARCHED, Slot

ENTRY_BYTES = 230  # of a tensor in the header, about: it is the same for every choice but raw


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

    def table(self, only: Sequence[str] | None = None, scale: float = 1.0) -> dict[str, list[Choice]]:
        """Choices of every searched tensor.

        A codebook's bytes are divided among the tensors that could share it.

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
            family = sum(self.slots[name].weight.numel() for name in each.tensors)
            for name, packed in each.tensors.items():
                part = self.slots[name].weight.numel() / family
                shared = each.shared.stored * part if each.shared else 0.0
                loss = scale * self.sensitivities[name] * each.errors[name]
                found[name].append(Choice(item.candidate, packed.stored + shared, loss))
        return found

    @property
    def fixed_bytes(self) -> int:
        """Bytes that no choice changes: fixed tensors and about the header's."""
        header = len(json.dumps(dict(self.model))) + ENTRY_BYTES * len(self.slots)
        return sum(each.stored for each in self.fixed.values()) + header

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


def single_choices(catalogue: Catalogue) -> dict[str, Chosen]:
    """Every candidate for all searched tensors, where it can hold them all."""
    found = {}
    for candidate in sorted({item.candidate for item in catalogue.results}):
        table = catalogue.table([candidate])
        if all(table.values()):
            found[candidate] = {name: choices[0] for name, choices in table.items()}
    return found
