"""Content-addressed blobs: `<prefix>ab/abcd...`, named by their SHA-256, verified whenever they are read."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.storage.base import Storage

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Blob:
    """An immutable object and what must be found there."""

    uri: str
    sha256: str
    bytes: int

    def to_json(self) -> dict[str, Any]:
        """The three members every document uses for a stored file."""
        return {"uri": self.uri, "sha256": self.sha256, "bytes": self.bytes}


class BlobStore:
    """Publishes files under their hash and reads them back verified.

    Args:
        storage: the store that holds them.
        prefix: address of the `blobs/sha256/` folder, with a final slash.
    """

    def __init__(self, storage: Storage, prefix: str) -> None:
        self._storage = storage
        self._prefix = prefix if prefix.endswith("/") else prefix + "/"

    def address(self, sha256: str) -> str:
        """Where the bytes with this hash lie, or would."""
        return f"{self._prefix}{sha256[:2]}/{sha256}"

    def publish(self, path: Path) -> Blob:
        """Store a file under its hash; the same bytes are stored once.

        A blob that is there already is read and, when its bytes are not what its name says, replaced: a
        damaged disk block must not make good bytes unpublishable for ever.
        """
        sha256, size = hash_file(path)
        blob = Blob(self.address(sha256), sha256, size)
        created = self._storage.put(blob.uri, path, sha256) if not self._storage.exists(blob.uri) else False
        if not created and self._measure(blob.uri) != (sha256, size):
            self._storage.put(blob.uri, path, sha256, replace=True)
        return blob

    def fetch(self, uri: str, sha256: str, size: int, destination: Path) -> Path:
        """Copy an object to a local file and verify the very bytes that were copied.

        Raises:
            ForgeError(corrupt): they are not the promised ones; nothing is left at the destination.
            ForgeError(not_found): there is no such object.
        """
        destination.parent.mkdir(parents=True, exist_ok=True)
        digest, seen = hashlib.sha256(), 0
        with self._storage.open(uri) as reader, destination.open("wb") as writer:
            while chunk := reader.read(CHUNK_BYTES):
                digest.update(chunk)
                seen += len(chunk)
                writer.write(chunk)
        if (digest.hexdigest(), seen) == (sha256, size):
            return destination
        destination.unlink()
        raise ForgeError(
            "corrupt",
            f"{uri} does not hold what its record says: expected SHA-256 {sha256} and {size} bytes, found "
            f"{digest.hexdigest()} and {seen} bytes. Restore the file or rerun the stage that wrote it.",
            {"uri": uri, "expected": sha256, "found": digest.hexdigest(), "bytes": seen},
        )

    def delete(self, sha256: str) -> None:
        """Remove a blob that nothing refers to any more."""
        self._storage.delete(self.address(sha256))

    def _measure(self, uri: str) -> tuple[str, int]:
        with self._storage.open(uri) as stream:
            return _hash_stream(stream)


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a local file."""
    with path.open("rb") as stream:
        return _hash_stream(stream)


def _hash_stream(stream: Any) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
