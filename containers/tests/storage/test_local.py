"""A directory as a store."""

import hashlib
import os
import resource
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_forge.errors import ForgeError
from agent_forge.storage.base import open_storage
from agent_forge.storage.local import LocalStorage, path_of, uri_of
from tests.support.job_room import in_child


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_every_path_survives_the_way_to_an_address_and_back(name: str) -> None:
    # given a path with anything but NUL in it
    path = Path("/store") / name.strip("/")
    # when / then
    assert path_of(uri_of(path)) == path


@pytest.mark.parametrize(
    "uri", ["file://host/x", "file:relative", "/plain/path", "file:///x?q=1", "file:///x#f"]
)
def test_an_address_that_is_no_absolute_file_address_is_refused(uri: str) -> None:
    with pytest.raises(ForgeError, match="expected file:///absolute/path") as caught:
        path_of(uri)
    assert caught.value.kind == "validation"


def test_what_was_written_is_read_and_replaced_as_a_whole(tmp_path: Path) -> None:
    # given
    storage, uri = LocalStorage(), uri_of(tmp_path / "deep" / "document.json")
    # when
    storage.write(uri, b"first")
    storage.write(uri, b"second")
    # then
    assert storage.read_bytes(uri) == b"second"
    assert os.listdir(tmp_path / "deep") == ["document.json"]


def test_a_write_that_fails_half_way_leaves_the_old_bytes_and_nothing_else(tmp_path: Path) -> None:
    # given an object, and a process that may write 4 KiB per file at most
    storage, uri = LocalStorage(), uri_of(tmp_path / "store" / "document.json")
    storage.write(uri, b"old")
    (tmp_path / "source").write_bytes(b"x" * 10_000)

    def action() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        for attempt in (
            lambda: storage.write(uri, b"x" * 10_000),
            lambda: storage.put(uri_of(tmp_path / "store" / "blob"), tmp_path / "source", _sha256(b"")),
        ):
            with pytest.raises(OSError, match="File too large"):
                attempt()
        return 7

    # when
    done = in_child(action, tmp_path / "child")
    # then
    assert done.code == 7
    assert os.listdir(tmp_path / "store") == ["document.json"]
    assert storage.read_bytes(uri) == b"old"


def test_of_two_writers_of_one_name_the_first_wins_and_the_second_is_told(tmp_path: Path) -> None:
    # given two files for one address
    storage, uri = LocalStorage(), uri_of(tmp_path / "target")
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(name.encode())
    # when
    won = [storage.put(uri, tmp_path / name, _sha256(name.encode())) for name in ("one", "two")]
    # then
    assert won == [True, False]
    assert storage.read_bytes(uri) == b"one"
    # and with `replace` the later one wins
    assert storage.put(uri, tmp_path / "two", _sha256(b"two"), replace=True)
    assert storage.read_bytes(uri) == b"two"


def test_bytes_that_are_published_again_are_new_again_to_who_frees_old_ones(tmp_path: Path) -> None:
    # given an object from long ago
    storage, source, target = LocalStorage(), tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"one")
    storage.put(uri_of(target), source, _sha256(b"one"))
    os.utime(target, (1000, 1000))
    # when
    created = storage.put(uri_of(target), source, _sha256(b"one"))
    # then
    assert not created
    assert target.stat().st_mtime > 1000


def test_a_file_that_changes_while_it_is_published_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    # given a file and the hash of other bytes
    storage, source = LocalStorage(), tmp_path / "source"
    source.write_bytes(b"now")
    # when
    with pytest.raises(ForgeError, match="changed while it was published") as caught:
        storage.put(uri_of(tmp_path / "target"), source, _sha256(b"then"))
    # then
    assert caught.value.kind == "conflict"
    assert os.listdir(tmp_path) == ["source"]


def test_a_listing_is_sorted_deep_and_hides_unfinished_files(tmp_path: Path) -> None:
    # given two objects and what a killed writer left
    storage = LocalStorage()
    for name in ("b", "a/c", ".partial-left-behind"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    prefix = uri_of(tmp_path) + "/"
    # when / then
    assert storage.list(prefix) == [prefix + "a/c", prefix + "b"]
    assert storage.list(prefix + "missing/") == []
    with pytest.raises(ValueError, match="ends with a slash"):
        storage.list(uri_of(tmp_path))


@pytest.mark.parametrize("name", ["missing", "missing/deeper", "folder", "file/below"])
def test_reading_what_is_not_there_says_not_found(tmp_path: Path, name: str) -> None:
    # given a folder and a file
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    # when
    with pytest.raises(ForgeError, match="Nothing lies at") as caught:
        LocalStorage().read_bytes(uri_of(tmp_path / name))
    # then
    assert caught.value.kind == "not_found"


def test_deleting_is_idempotent(tmp_path: Path) -> None:
    storage, uri = LocalStorage(), uri_of(tmp_path / "x")
    storage.write(uri, b"x")
    storage.delete(uri)
    storage.delete(uri)
    assert not storage.exists(uri)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ForgeError, match="file:// or s3://") as caught:
        open_storage("ftp://host/key")
    assert caught.value.kind == "validation"
