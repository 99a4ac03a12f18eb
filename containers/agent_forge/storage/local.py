"""A directory as a store. Durable and atomic: temporary file, fsync, rename or link, fsync of the folder."""

import errno
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote, urlsplit

from agent_forge.errors import ForgeError

CHUNK_BYTES = 1 << 20
# A killed writer leaves one of these behind. No listing shows them; whoever collects garbage may remove old
# ones.
PARTIAL_PREFIX = ".partial-"


class LocalStorage:
    """Storage for `file:///absolute/path` addresses."""

    def open(self, uri: str) -> BinaryIO:
        """Open for reading; see Storage."""
        try:
            return path_of(uri).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise _not_found(uri) from error

    def read_bytes(self, uri: str) -> bytes:
        """All bytes; see Storage."""
        with self.open(uri) as stream:
            return stream.read()

    def write(self, uri: str, data: bytes) -> None:
        """Create or replace durably; see Storage."""
        target = path_of(uri)
        with _partial_beside(target) as partial:
            with partial.open("xb") as stream:
                stream.write(data)
                _flush_to_disk(stream)
            os.replace(partial, target)
        _sync_folder(target.parent)

    def put(self, uri: str, source: Path, sha256: str, *, replace: bool = False) -> bool:
        """Copy a file durably while hashing it; see Storage."""
        target = path_of(uri)
        with _partial_beside(target) as partial:
            seen = _copy(source, partial)
            if seen != sha256:
                raise ForgeError(
                    "conflict",
                    f"{source} changed while it was published: its SHA-256 was {sha256}, "
                    f"the copied bytes have {seen}. Leave a file alone once it is handed over.",
                )
            created = True
            if replace:
                os.replace(partial, target)
            else:
                # link() is the file system's if-none-match: of two writers exactly one creates the name.
                try:
                    os.link(partial, target)
                except FileExistsError:
                    # Garbage collection goes by age: bytes that are wanted again are new again.
                    os.utime(target)
                    created = False
        _sync_folder(target.parent)
        return created

    def exists(self, uri: str) -> bool:
        """Whether a complete object lies there; see Storage."""
        return path_of(uri).is_file()

    def list(self, prefix: str) -> list[str]:
        """Sorted addresses below a prefix; see Storage."""
        if not prefix.endswith("/"):
            raise ValueError(f"A prefix ends with a slash; received {prefix!r}.")
        return sorted(
            uri_of(Path(folder) / name)
            for folder, _, names in os.walk(path_of(prefix))
            for name in names
            if not name.startswith(PARTIAL_PREFIX)
        )

    def delete(self, uri: str) -> None:
        """Remove if there; see Storage."""
        path_of(uri).unlink(missing_ok=True)


def path_of(uri: str) -> Path:
    """Path of a file:// address.

    Raises:
        ForgeError(validation): another scheme, a host, or no absolute path.
    """
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if parts.scheme != "file" or parts.netloc or not path.startswith("/") or parts.query or parts.fragment:
        raise ForgeError(
            "validation", f"Cannot read {uri!r}: expected file:///absolute/path, percent-encoded."
        )
    return Path(path)


def uri_of(path: Path) -> str:
    """file:// address of an absolute path."""
    return "file://" + quote(str(path))


def _not_found(uri: str) -> ForgeError:
    return ForgeError(
        "not_found",
        f"Nothing lies at {uri}. Check that the stage that writes it has succeeded.",
        {"uri": uri},
    )


def _copy(source: Path, target: Path) -> str:
    """Copy a file, flush it to disk and return the SHA-256 of the bytes that were written."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
        _flush_to_disk(writer)
    return digest.hexdigest()


@contextmanager
def _partial_beside(target: Path) -> Iterator[Path]:
    """A name in the target's own folder (a rename is atomic within one file system), removed after."""
    _make_folder(target.parent)
    partial = target.parent / f"{PARTIAL_PREFIX}{uuid.uuid4().hex}"
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each of them as durable as the file that will lie there."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _flush_to_disk(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a new name survive a power cut; some file systems cannot and say EINVAL."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)
