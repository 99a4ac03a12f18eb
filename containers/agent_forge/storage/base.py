"""What a store of bytes must do. Adapters translate their vendor's errors into ForgeError."""

from pathlib import Path
from typing import BinaryIO, Protocol

from agent_forge.errors import ForgeError


class Storage(Protocol):
    """Bytes by address; one ending in `/` is a prefix. Whatever can be read is complete."""

    def open(self, uri: str) -> BinaryIO:
        """Open for reading, for the caller to close.

        Raises:
            ForgeError(not_found): nothing lies there.
        """
        ...

    def read_bytes(self, uri: str) -> bytes:
        """All bytes of a small object.

        Raises:
            ForgeError(not_found): nothing lies there.
        """
        ...

    def write(self, uri: str, data: bytes) -> None:
        """Create or replace, durably; readers see the old or the new bytes, never a part."""
        ...

    def put(self, uri: str, source: Path, sha256: str, *, replace: bool = False) -> bool:
        """Copy a file there durably while hashing it; without `replace` an object that exists wins.

        Returns:
            False when an object was there already and stayed.

        Raises:
            ForgeError(conflict): the file no longer has that hash.
        """
        ...

    def exists(self, uri: str) -> bool:
        """Whether a complete object lies there."""
        ...

    def list(self, prefix: str) -> list[str]:
        """Addresses of all complete objects below a prefix, sorted; empty when there is none."""
        ...

    def delete(self, uri: str) -> None:
        """Remove an object; no error when there is none."""
        ...


def open_storage(uri: str) -> Storage:
    """The store for an address, by its scheme.

    Raises:
        ForgeError(validation): no scheme that is known at all.
    """
    if uri.startswith("file://"):
        from agent_forge.storage.local import LocalStorage

        return LocalStorage()
    if uri.startswith("s3://"):
        from agent_forge.storage.s3 import S3Storage

        return S3Storage()
    raise ForgeError(
        "validation", f"Cannot read {uri!r}: expected an address that starts with file:// or s3://."
    )
