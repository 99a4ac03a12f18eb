"""The file of a compressed model: what was written comes back, and nothing damaged, forged or cut is read."""

import hashlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_forge.codecs.container import decode_container, read_container
from agent_forge.codecs.header import FIXED, MAGIC, VERSION, read_header
from agent_forge.codecs.lossless import DEFLATE, LZMA, STORED, packed, unpacked
from agent_forge.errors import ForgeError
from tests.codecs.shapes import drawn, round_trip
from tests.codecs.write_golden import small_file

NAMES = ("raw16", "ternary", "rtn4-g64", "vptq-v2k16", "hyper-u64", "seedlm-k10c8p3")
FILE = small_file(NAMES)


def forged(change: Callable[[dict[str, Any]], object], data: bytes = FILE) -> bytes:
    """The file with another header, whose length and checksum fit."""
    length = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[FIXED.size : FIXED.size + length])
    change(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return (
        FIXED.pack(MAGIC, VERSION, len(text), hashlib.sha256(text).digest())
        + text
        + data[FIXED.size + length :]
    )


def entry(document: dict[str, Any], codec: str) -> dict[str, Any]:
    return next(each for each in document["tensors"] if each["codec"] == codec)


def test_what_was_written_comes_back() -> None:
    tensors = decode_container(FILE).tensors
    assert len(tensors) == len(NAMES)
    for name in NAMES:
        (found,) = (tensor for key, tensor in tensors.items() if key.endswith(f":{name}"))
        if name != "ternary":
            assert torch.equal(found, round_trip(name, drawn(10, 13)))


def test_the_same_tensors_make_the_same_file() -> None:
    assert small_file(NAMES) == FILE


def test_every_byte_is_the_headers_or_a_tensors() -> None:
    header, begin = read_header(FILE)
    streams = [s for e in (*header.tensors, *header.families) for s in e.streams.values()]
    assert begin + sum(each.stored for each in streams) == len(FILE)


def test_a_stream_is_packed_only_where_that_is_smaller() -> None:
    noise = bytes(torch.randint(256, (4096,), generator=torch.Generator().manual_seed(1)).tolist())
    assert packed(noise) == (STORED, noise)
    assert packed(b"") == (STORED, b"")
    few = bytes(torch.randint(3, (4096,), generator=torch.Generator().manual_seed(1)).tolist())
    form, data = packed(few)
    assert form in (DEFLATE, LZMA)
    assert len(data) < 1200  # entropy: 4096 * log2(3) / 8 = 812
    assert unpacked(form, data, 4096) == few


@pytest.mark.parametrize("form", [DEFLATE, LZMA])
def test_a_stream_that_unpacks_to_more_than_it_says_is_stopped(form: str) -> None:
    import lzma
    import zlib

    from agent_forge.codecs.lossless import FILTERS

    bomb = bytes(1 << 22)
    data = zlib.compress(bomb) if form == DEFLATE else lzma.compress(bomb, lzma.FORMAT_RAW, filters=FILTERS)
    with pytest.raises(ValueError, match="or more; expected 4096"):
        unpacked(form, data, 4096)
    with pytest.raises(ValueError, match="no writer packs that densely"):
        unpacked(form, data[:100], 1 << 22)


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a huge shape": (lambda d: entry(d, "raw").update(shape=[1 << 40, 1 << 40]), "weights"),
    "a shape of other size": (lambda d: entry(d, "raw").update(shape=[10, 14]), "raw needs"),
    "no size": (lambda d: entry(d, "raw").update(shape=[0, 4]), "has the shape"),
    "many dimensions": (lambda d: entry(d, "raw").update(shape=[1] * 9), "has the shape"),
    "an unknown codec": (lambda d: entry(d, "raw").update(codec="pickle"), "this release reads"),
    "a later version": (lambda d: entry(d, "raw").update(version=2), "this release reads"),
    "a parameter more": (lambda d: entry(d, "raw")["params"].update(run="x"), "parameters are"),
    "bits as text": (lambda d: entry(d, "raw")["params"].update(bits="16"), "bits is"),
    "another generator": (lambda d: entry(d, "seedlm")["params"].update(generator=2), "generator is 2"),
    "another orbit": (lambda d: entry(d, "hyper")["params"].update(steps=["1e999", "0"]), "known orbit"),
    "another checksum": (lambda d: entry(d, "raw").update(sha256="0" * 64), "does not have the SHA-256"),
    "one name twice": (lambda d: d["tensors"].append(d["tensors"][0]), "one name"),
    "a member more": (lambda d: entry(d, "raw").update(path="/etc"), "has the members"),
    "a stranger's family": (lambda d: entry(d, "raw").update(shared="nobody"), "family"),
    "a family of numbers": (lambda d: entry(d, "raw").update(shared=[1]), "expected a name"),
    "no family": (lambda d: d.update(families=[]), "begins at 64; expected 0"),
    "no tensors": (lambda d: d.pop("tensors"), "damaged"),
    "a negative place": (lambda d: entry(d, "raw").update(streams={"weights": [-1, 2, STORED, 2]}), "-1"),
    "a fraction": (lambda d: entry(d, "raw").update(streams={"weights": [0.5, 2, STORED, 2]}), "0.5"),
    "a place behind the end": (
        lambda d: entry(d, "raw").update(streams={"weights": [1 << 40, 260, STORED, 260]}), "begins at",
    ),
    "an overlap": (lambda d: entry(d, "raw").update(streams={"weights": [0, 260, STORED, 260]}), "begins at"),
    "a small bomb": (
        lambda d: entry(d, "raw")["streams"]["weights"].__setitem__(3, 1 << 45), "stand for",
    ),
    "a form of its own": (
        lambda d: entry(d, "raw")["streams"]["weights"].__setitem__(2, "exec"), "of the form 'exec'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_header_is_refused_by_name_before_anything_is_decoded(forgery: str) -> None:
    change, message = FORGERIES[forgery]
    with pytest.raises(ValueError, match=message):
        decode_container(forged(change))


def test_a_header_that_nests_without_end_is_refused() -> None:
    text = b"[" * 200_000
    data = FIXED.pack(MAGIC, VERSION, len(text), hashlib.sha256(text).digest()) + text
    with pytest.raises(ValueError, match="damaged"):
        decode_container(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "does not begin"), (FILE[: FIXED.size - 1], "does not begin"), (b"PK" + FILE, "does not begin"),
        (FIXED.pack(MAGIC, 9, 0, bytes(32)), "version 9"), (FILE[:200], "claims"),
        (FILE[:-1], "follow the header"), (FILE + b"x", "follow the header"),
        (FIXED.pack(MAGIC, VERSION, (1 << 32) - 1, bytes(32)) + b"{}", "claims"),
    ],
)  # fmt: skip
def test_a_file_that_is_cut_or_no_model_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decode_container(data)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(FILE) - 1), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unnoticed(place: int, bit: int) -> None:
    data = bytearray(FILE)
    data[place] ^= 1 << bit
    with pytest.raises(ValueError):
        decode_container(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_behind_the_magic_are_refused(rest: bytes) -> None:
    with pytest.raises(ValueError):
        decode_container(MAGIC + rest)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_header_with_anything_anywhere_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    def change(document: dict[str, Any]) -> None:
        each = data.draw(st.sampled_from([*document["tensors"], *document["families"]]))
        key = data.draw(st.sampled_from(sorted(each)))
        if isinstance(each[key], dict) and each[key] and data.draw(st.booleans()):
            each[key][data.draw(st.sampled_from(sorted(each[key])))] = data.draw(JSON)
        else:
            each[key] = data.draw(JSON)

    try:
        found = decode_container(forged(change))
    except ValueError:
        return
    assert all(tensor.isfinite().all() for tensor in found.tensors.values())


def test_a_refusal_names_the_file_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "model.forge"
    path.write_bytes(FILE[:-7])
    with pytest.raises(
        ForgeError, match=r"model\.forge cannot be read as a compressed model: .*Fetch"
    ) as error:
        read_container(path)
    assert error.value.kind == "validation"
    with pytest.raises(ForgeError, match="cannot be read"):
        read_container(tmp_path / "nothing.forge")
