"""Content-addressed blobs."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_forge.errors import ForgeError
from agent_forge.storage.blobs import hash_file
from agent_forge.storage.local import path_of
from tests.support.job_room import JobRoom

CONTENT = b"the bytes of a model"


def test_a_blob_lies_under_its_hash_and_equal_bytes_are_stored_once(room: JobRoom) -> None:
    # when the same bytes are published twice
    first, second = room.publish(CONTENT), room.publish(CONTENT)
    # then
    assert first == second
    assert first.uri == room.uri(f"blobs/sha256/{first.sha256[:2]}/{first.sha256}")
    assert hash_file(path_of(first.uri)) == (first.sha256, first.bytes) == (first.sha256, len(CONTENT))
    assert len(room.storage.list(room.uri("blobs/"))) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(position=st.integers(0, len(CONTENT) * 8 - 1))
def test_every_flipped_bit_is_found_on_reading_and_nothing_is_left_of_it(
    room: JobRoom, position: int
) -> None:
    # given a blob with one bit flipped
    blob = room.publish(CONTENT)
    damaged = bytearray(CONTENT)
    damaged[position // 8] ^= 1 << position % 8
    path_of(blob.uri).write_bytes(damaged)
    # when
    with pytest.raises(ForgeError, match="does not hold what its record says") as caught:
        room.blobs.fetch(blob.uri, blob.sha256, blob.bytes, room.path("copy"))
    # then
    assert caught.value.kind == "corrupt"
    assert not room.path("copy").exists()


@pytest.mark.parametrize("size", [0, 1, len(CONTENT) - 1])
def test_a_truncated_blob_is_found(room: JobRoom, size: int) -> None:
    blob = room.publish(CONTENT)
    path_of(blob.uri).write_bytes(CONTENT[:size])
    with pytest.raises(ForgeError, match=f"and {size} bytes"):
        room.blobs.fetch(blob.uri, blob.sha256, blob.bytes, room.path("copy"))


def test_publishing_heals_a_damaged_blob_of_the_same_name(room: JobRoom) -> None:
    # given a blob whose bytes have rotted
    blob = room.publish(CONTENT)
    path_of(blob.uri).write_bytes(b"rot")
    # when
    room.publish(CONTENT)
    # then
    copy = room.blobs.fetch(blob.uri, blob.sha256, blob.bytes, room.path("copy"))
    assert copy.read_bytes() == CONTENT


def test_a_missing_blob_is_not_found(room: JobRoom, tmp_path: Path) -> None:
    blob = room.publish(CONTENT)
    room.blobs.delete(blob.sha256)
    with pytest.raises(ForgeError) as caught:
        room.blobs.fetch(blob.uri, blob.sha256, blob.bytes, tmp_path / "copy")
    assert caught.value.kind == "not_found"
