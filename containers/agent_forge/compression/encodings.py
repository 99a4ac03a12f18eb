"""Every way to store a family of tensors, encoded, decoded and weighed; and such results as bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from agent_forge.codecs.codec import Encoded, Target
from agent_forge.codecs.container import Packed, after_lossless
from agent_forge.codecs.registry import CANDIDATES, CODECS
from agent_forge.compression.sensitivity import relative_error
from agent_forge.compression.slots import EXACT, PLAIN, Slot

HALVES, SINGLES, TERNARY = "raw16", "raw32", "ternary"


@dataclass(frozen=True)
class Item:
    """One piece of work: a family in one candidate."""

    family: str
    candidate: str

    @property
    def key(self) -> str:
        """As names of artifacts have it."""
        return f"{self.candidate}/{self.family}"


@dataclass(frozen=True)
class Tried:
    """What an item came to.

    Args:
        tensors: what is stored of each, by name.
        errors: d of each, see `sensitivity.py`.
        raw_bytes: before the lossless pass.
        refused: why the codec cannot hold the family, None where it can.
    """

    item: Item
    tensors: Mapping[str, Packed]
    shared: Packed | None
    errors: Mapping[str, float]
    raw_bytes: int
    refused: str | None = None

    @property
    def stored(self) -> int:
        """Bytes of all."""
        return sum(each.stored for each in self.tensors.values()) + (self.shared.stored if self.shared else 0)


def items_of(families: Mapping[str, Sequence[Slot]], candidates: Sequence[str]) -> list[Item]:
    """All work, in a fixed order. Halves and singles are always among the ways."""
    names = [HALVES, SINGLES, *(name for name in candidates if name not in (HALVES, SINGLES, TERNARY))]
    return [Item(family, name) for family in sorted(families) for name in names]


def shares(items: Sequence[Item], families: Mapping[str, Sequence[Slot]], workers: int) -> list[list[Item]]:
    """The work divided: the dearest item goes to whoever has least so far."""
    costs = {
        item: CANDIDATES[item.candidate].cost * sum(slot.weight.numel() for slot in families[item.family])
        for item in items
    }
    found: list[list[Item]] = [[] for _ in range(workers)]
    loads = [0.0] * workers
    for item in sorted(items, key=lambda each: (-costs[each], each.key)):
        least = loads.index(min(loads))
        found[least].append(item)
        loads[least] += costs[item]
    return found


def tried(item: Item, members: Sequence[Slot], hessians: Mapping[str, Tensor]) -> Tried:
    """Encode a family, decode it again, and measure what that loses."""
    candidate = CANDIDATES[item.candidate]
    codec = CODECS[candidate.codec]
    targets = [Target(slot.weight, hessians.get(slot.name)) for slot in members]
    try:
        family = codec.encode(targets, candidate.settings)
    except ValueError as error:
        return Tried(item, {}, None, {}, 0, str(error))
    errors = {}
    for slot, each in zip(members, family.members, strict=True):
        streams = {**each.streams, **family.shared}
        found = codec.decode(tuple(slot.weight.shape), each.params, streams)
        errors[slot.name] = relative_error(found, slot.weight, hessians.get(slot.name))
    packed = {
        slot.name: after_lossless(codec.name, each)
        for slot, each in zip(members, family.members, strict=True)
    }
    shared = after_lossless(codec.name, Encoded({}, family.shared)) if family.shared else None
    whole = [*(each.streams for each in family.members), family.shared]
    return Tried(item, packed, shared, errors, sum(len(s) for streams in whole for s in streams.values()))


def kept_as_is(slot: Slot) -> Packed:
    """A tensor that no search is worth: exactly as ternary codes, else in halves, else in singles."""
    for name in (TERNARY,) if slot.kind == EXACT else (HALVES, SINGLES):
        candidate = CANDIDATES[name]
        try:
            family = CODECS[candidate.codec].encode([Target(slot.weight)], candidate.settings)
        except ValueError:
            assert slot.kind == PLAIN
            assert name == HALVES
            continue
        return after_lossless(candidate.codec, family.members[0])
    raise AssertionError("singles hold every finite tensor")


def to_tensors(results: Sequence[Tried]) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """Stored streams as bytes by number, and all else as JSON; the same where JSON was sorted in between."""
    tensors: dict[str, Tensor] = {}

    def packed_json(each: Packed) -> dict[str, Any]:
        streams = {}
        for name, (form, data) in sorted(each.forms.items()):
            place = f"{len(tensors):06d}"
            tensors[place] = torch.from_numpy(np.frombuffer(data, np.uint8).copy())
            streams[name] = [place, form, len(each.encoded.streams[name])]
        return {"codec": each.codec, "params": dict(each.encoded.params), "streams": streams}

    index = [
        {
            "family": each.item.family, "candidate": each.item.candidate, "refused": each.refused,
            "tensors": {name: packed_json(packed) for name, packed in sorted(each.tensors.items())},
            "shared": None if each.shared is None else packed_json(each.shared),
            "errors": dict(each.errors), "rawBytes": each.raw_bytes,
        }
        for each in results
    ]  # fmt: skip
    return tensors, index


def from_tensors(tensors: Mapping[str, Tensor], index: Sequence[Mapping[str, Any]]) -> Iterator[Tried]:
    """What `to_tensors` was given; streams are those that are stored, of the sizes that they stand for."""
    from agent_forge.codecs.lossless import unpacked

    def packed_of(document: Mapping[str, Any]) -> Packed:
        forms, streams = {}, {}
        for name, (place, form, size) in document["streams"].items():
            data = tensors[place].numpy().tobytes()
            forms[name], streams[name] = (form, data), unpacked(form, data, size)
        return Packed(document["codec"], Encoded(document["params"], streams), forms)

    for each in index:
        yield Tried(
            Item(each["family"], each["candidate"]),
            {name: packed_of(packed) for name, packed in each["tensors"].items()},
            None if each["shared"] is None else packed_of(each["shared"]),
            each["errors"], each["rawBytes"], each["refused"],
        )  # fmt: skip
