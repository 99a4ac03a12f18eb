"""A compressed model as one file: written from encoded tensors, read back with every byte checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from agent_forge.codecs.codec import Encoded, Streams
from agent_forge.codecs.header import Entry, Header, Stream, header_bytes, read_header
from agent_forge.codecs.lossless import packed, unpacked
from agent_forge.codecs.registry import CODECS
from agent_forge.errors import ForgeError


@dataclass(frozen=True)
class Packed:
    """A tensor's streams after the lossless pass: form, stored bytes and size of each, by name."""

    codec: str
    encoded: Encoded
    forms: Mapping[str, tuple[str, bytes]]

    @property
    def stored(self) -> int:
        """Bytes of the streams."""
        return sum(len(data) for _, data in self.forms.values())


def after_lossless(codec: str, encoded: Encoded) -> Packed:
    """Run the lossless pass over a tensor's streams, or over those that a family shares."""
    return Packed(codec, encoded, {name: packed(data) for name, data in encoded.streams.items()})


@dataclass(frozen=True)
class Contents:
    """What goes into a file.

    Args:
        model: config.json.
        tensors: by name, with the shape of each.
        shared: name of the family that a tensor shares streams with, for those that do.
        families: shared streams by the family's name.
    """

    model: Mapping[str, Any]
    tensors: Mapping[str, tuple[tuple[int, ...], Packed]]
    shared: Mapping[str, str]
    families: Mapping[str, Packed]


def container_bytes(contents: Contents) -> bytes:
    """The file."""
    payload = bytearray()

    def entry(name: str, shape: tuple[int, ...], each: Packed, shared: str | None = None) -> Entry:
        streams, digest = {}, hashlib.sha256()
        for stream, (form, data) in each.forms.items():
            streams[stream] = Stream(len(payload), len(data), form, len(each.encoded.streams[stream]))
            digest.update(data)
            payload.extend(data)
        version = CODECS[each.codec].version
        return Entry(
            name, each.codec, version, shape, each.encoded.params, streams, digest.hexdigest(), shared
        )

    families = tuple(entry(name, (), contents.families[name]) for name in sorted(contents.families))
    tensors = tuple(
        entry(name, *contents.tensors[name], contents.shared.get(name)) for name in sorted(contents.tensors)
    )
    return header_bytes(Header(dict(contents.model), tensors, families)) + bytes(payload)


@dataclass(frozen=True)
class Decoded:
    """A file as read: the model's config.json and its tensors in fp32."""

    header: Header
    tensors: Mapping[str, Tensor]


def read_container(path: Path) -> Decoded:
    """Read a compressed model and check all of it; nothing in it can run code.

    Raises:
        ForgeError(validation): it is no compressed model, cut short, damaged, or contradicts itself.
    """
    try:
        return decode_container(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ForgeError(
            "validation",
            f"{path} cannot be read as a compressed model: {error}. Fetch the file again, or compress the"
            " model again.",
        ) from error


def decode_container(data: bytes) -> Decoded:
    """As `read_container`, of bytes.

    Raises:
        ValueError: says what is wrong.
    """
    header, begin = read_header(data)
    families = {each.name: _streams(each, data, begin) for each in header.families}
    tensors = {}
    for entry in header.tensors:
        lent = families[entry.shared] if entry.shared is not None else {}
        streams = {**_streams(entry, data, begin), **lent}
        try:
            tensors[entry.name] = CODECS[entry.codec].decode(entry.shape, entry.params, streams)
        except ValueError as error:
            raise ValueError(f"{entry.name}, {entry.codec}: {error}") from error
    return Decoded(header, tensors)


def _streams(entry: Entry, data: bytes, begin: int) -> Streams:
    stored = {
        name: data[begin + each.begin : begin + each.begin + each.stored]
        for name, each in entry.streams.items()
    }
    digest = hashlib.sha256(b"".join(stored[name] for name in _in_order(entry)))
    if digest.hexdigest() != entry.sha256:
        raise ValueError(f"{entry.name} does not have the SHA-256 that the header states")
    try:
        return {
            name: unpacked(each.form, stored[name], each.size) for name, each in entry.streams.items()
        }  # fmt: skip
    except ValueError as error:
        raise ValueError(f"{entry.name}: {error}") from error


def _in_order(entry: Entry) -> list[str]:
    return sorted(entry.streams, key=lambda name: (entry.streams[name].begin, entry.streams[name].stored))
