"""The header of a compressed model: what every tensor is, checked in full before a byte of it is decoded.

File: magic (8 bytes), version (u32), length of the header (u32), SHA-256 of the header (32 bytes), header
(canonical JSON), payload. All numbers are little-endian. See docs/phases/compression.md.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from agent_forge.codecs.codec import Params
from agent_forge.codecs.lossless import DEFLATE, LZMA, STORED, may_unpack
from agent_forge.codecs.registry import CODECS

MAGIC, VERSION = b"FORGEPAK", 1
FIXED = struct.Struct("<8sII32s")
MOST_HEADER, MOST_TENSORS, MOST_WEIGHTS = 1 << 26, 1 << 16, 1 << 32
MOST_DIMENSIONS, MOST_NAME = 8, 400
FORMS = (STORED, DEFLATE, LZMA)


@dataclass(frozen=True)
class Stream:
    """Bytes of the payload: where, how many, packed how, and how many they stand for."""

    begin: int
    stored: int
    form: str
    size: int


@dataclass(frozen=True)
class Entry:
    """One tensor, or the shared streams of a family (with no shape).

    `sha256` is that of its stored streams in their order; `shared` names the entry it shares with.
    """

    name: str
    codec: str
    version: int
    shape: tuple[int, ...]
    params: Params
    streams: Mapping[str, Stream]
    sha256: str
    shared: str | None = None


@dataclass(frozen=True)
class Header:
    """`model` is the model's config.json."""

    model: Mapping[str, Any]
    tensors: tuple[Entry, ...]
    families: tuple[Entry, ...]

    @property
    def payload(self) -> int:
        """Bytes behind the header."""
        ends = [s.begin + s.stored for e in (*self.tensors, *self.families) for s in e.streams.values()]
        return max(ends, default=0)


def header_bytes(header: Header) -> bytes:
    """Everything in front of the payload."""
    document = {
        "families": [_entry_json(each) for each in header.families], "model": dict(header.model),
        "tensors": [_entry_json(each) for each in header.tensors],
    }  # fmt: skip
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    return FIXED.pack(MAGIC, VERSION, len(text), hashlib.sha256(text).digest()) + text


def entry_bytes(entry: Entry) -> int:
    """What an entry takes in the header, with the comma behind it."""
    return len(json.dumps(_entry_json(entry), sort_keys=True, separators=(",", ":"))) + 1


def read_header(data: bytes) -> tuple[Header, int]:
    """Parse and check the header, and where the payload begins.

    Args:
        data: the whole file.

    Raises:
        ValueError: it is no compressed model, of another version, cut short, damaged, or contradicts itself.
    """
    if len(data) < FIXED.size or not data.startswith(MAGIC):
        raise ValueError("it does not begin as a compressed model does")
    _, version, length, digest = FIXED.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"it is of version {version}; this release reads {VERSION}")
    begin = FIXED.size + length
    if length > MOST_HEADER or begin > len(data):
        raise ValueError(f"its header claims {length} bytes; the file has {len(data) - FIXED.size} behind it")
    text = data[FIXED.size : begin]
    if hashlib.sha256(text).digest() != digest:
        raise ValueError("its header does not have the checksum that it states")
    try:
        document = json.loads(text)
        header = Header(
            dict(document["model"]),
            tuple(_entry(each) for each in document["tensors"]),
            tuple(_entry(each) for each in document["families"]),
        )
    except (KeyError, TypeError, AttributeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"its header is damaged: {type(error).__name__} {error}") from error
    _check(header, len(data) - begin)
    return header, begin


def _entry_json(entry: Entry) -> dict[str, Any]:
    streams = {name: [s.begin, s.stored, s.form, s.size] for name, s in entry.streams.items()}
    found = {
        "codec": entry.codec, "version": entry.version, "name": entry.name, "params": dict(entry.params),
        "sha256": entry.sha256, "shape": list(entry.shape), "streams": streams,
    }  # fmt: skip
    return found if entry.shared is None else {**found, "shared": entry.shared}


def _entry(document: Mapping[str, Any]) -> Entry:
    known = {"codec", "version", "name", "params", "sha256", "shape", "streams"}
    if not known <= set(document) <= known | {"shared"}:
        raise ValueError(f"an entry has the members {sorted(document)}")
    streams = {
        str(name): Stream(_whole(begin), _whole(stored), str(form), _whole(size))
        for name, (begin, stored, form, size) in document["streams"].items()
    }
    shared = document.get("shared")
    if shared is not None and not isinstance(shared, str):
        raise ValueError(f"an entry shares with {shared!r}; expected a name")
    return Entry(
        str(document["name"]), str(document["codec"]), _whole(document["version"]),
        tuple(_whole(each) for each in document["shape"]), dict(document["params"]), streams,
        str(document["sha256"]), shared,
    )  # fmt: skip


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise ValueError(f"{value!r} stands where a size, a place or a version is expected")
    return value


def _check(header: Header, payload: int) -> None:
    entries = (*header.tensors, *header.families)
    if len(entries) > MOST_TENSORS:
        raise ValueError(f"it claims {len(entries)} tensors; expected at most {MOST_TENSORS}")
    for group in (header.tensors, header.families):
        names = [each.name for each in group]
        if len(set(names)) != len(names) or not all(0 < len(name) <= MOST_NAME for name in names):
            raise ValueError("two tensors have one name, or a name is empty or too long")
    weights = 0
    for entry in header.tensors:
        if len(entry.shape) > MOST_DIMENSIONS or 0 in entry.shape:
            raise ValueError(f"{entry.name} has the shape {list(entry.shape)}")
        weights += prod(entry.shape)
    if weights > MOST_WEIGHTS:
        raise ValueError(f"it claims {weights} weights; expected at most {MOST_WEIGHTS}")
    _check_places(entries, payload)
    _check_sizes(header)


def _check_places(entries: tuple[Entry, ...], payload: int) -> None:
    """Streams lie one behind the other from the first byte of the payload to its last."""
    place = 0
    for stream in sorted((s for e in entries for s in e.streams.values()), key=lambda s: (s.begin, s.stored)):
        if stream.begin != place:
            raise ValueError(f"a stream begins at {stream.begin}; expected {place}")
        if stream.form not in FORMS or not may_unpack(stream.stored, stream.size):
            raise ValueError(f"{stream.stored} bytes of the form {stream.form!r} stand for {stream.size}")
        place += stream.stored
    if place != payload:
        raise ValueError(f"its streams take {place} bytes; {payload} follow the header")


def _check_sizes(header: Header) -> None:
    """Every stream stands for exactly as many bytes as its codec needs for the shape."""
    families = {each.name: each for each in header.families}
    if {each.shared for each in header.tensors if each.shared is not None} != set(families):
        raise ValueError("a family is missing, or nobody's")
    for entry in header.tensors:
        codec = CODECS.get(entry.codec)
        if codec is None or entry.version != codec.version:
            raise ValueError(
                f"{entry.name} is in {entry.codec!r} version {entry.version}; this release reads"
                f" {', '.join(f'{each.name} {each.version}' for each in CODECS.values())}"
            )
        try:
            own, shared = codec.sizes(entry.shape, entry.params)
        except ValueError as error:
            raise ValueError(f"{entry.name}, {entry.codec}: {error}") from error
        lent = families[entry.shared].streams if entry.shared is not None else {}
        for wanted, found in ((own, entry.streams), (shared, lent)):
            sizes = {name: stream.size for name, stream in found.items()}
            if sizes != wanted:
                raise ValueError(f"{entry.name} has streams of {sizes} bytes; {entry.codec} needs {wanted}")
