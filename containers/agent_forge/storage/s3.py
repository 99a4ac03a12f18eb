"""A bucket as a store: conditional writes, large files in parts, reads that go on where they broke."""

import base64
import builtins
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from agent_forge.errors import ForgeError

# Larger files go in parts of this size; S3 takes 10,000 parts of at least 5 MiB.
PART_BYTES = 64 << 20
MAX_PARTS = 10_000
# Tries of one request. Between them botocore waits longer each time, at random, within a budget of its own.
ATTEMPTS = 8
MAX_RESUMES = 5
# Two conditional writes that meet are both asked to begin again.
RACES = 5
# The same tag that the control plane sets: what garbage collection spares by.
WANTED_AT = "wanted-at"


class S3Storage:
    """Storage for `s3://bucket/key` addresses.

    Args:
        client: a boto3 S3 client; None for one of this process, set up as boto3 finds it.
        part_bytes: files larger than this are sent in parts of this size.
    """

    def __init__(self, client: Any = None, part_bytes: int = PART_BYTES) -> None:
        # Per process: a forked child must not share its parent's connections.
        self._client = client if client is not None else client_of_process(os.getpid())
        self._part_bytes = part_bytes

    def open(self, uri: str) -> BinaryIO:
        """Open for reading; see Storage. A connection that breaks is made again where it broke."""
        bucket, key = place_of(uri)
        with _translated(uri):
            answer = self._client.get_object(Bucket=bucket, Key=key)
        return cast(BinaryIO, io.BufferedReader(_ResumingBody(self._client, uri, answer), 1 << 20))

    def read_bytes(self, uri: str) -> bytes:
        """All bytes; see Storage."""
        with self.open(uri) as stream:
            return stream.read()

    def write(self, uri: str, data: bytes) -> None:
        """Create or replace; see Storage. S3 shows an object whole or not at all."""
        bucket, key = place_of(uri)
        with _translated(uri):
            self._client.put_object(Bucket=bucket, Key=key, Body=data, ChecksumSHA256=_checksum(data))

    def put(self, uri: str, source: Path, sha256: str, *, replace: bool = False) -> bool:
        """Send a file while hashing it; see Storage."""
        for race in range(1, RACES + 1):
            try:
                with _translated(uri):
                    if source.stat().st_size > self._part_bytes:
                        self._put_parts(uri, source, sha256, replace)
                    else:
                        self._put_whole(uri, source, sha256, replace)
                return True
            except ClientError as error:
                if _status(error) == 412 and not replace:
                    self._touch(uri)
                    return False
                if _status(error) != 409 or race == RACES:
                    raise
        raise AssertionError("the last race returns or raises")

    def exists(self, uri: str) -> bool:
        """Whether an object lies there; see Storage."""
        bucket, key = place_of(uri)
        try:
            with _translated(uri):
                self._client.head_object(Bucket=bucket, Key=key)
        except ForgeError as error:
            if error.kind != "not_found":
                raise
            return False
        return True

    def list(self, prefix: str) -> list[str]:
        """Sorted addresses below a prefix; see Storage."""
        if not prefix.endswith("/"):
            raise ValueError(f"A prefix ends with a slash; received {prefix!r}.")
        bucket, key = place_of(prefix)
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        with _translated(prefix):
            return sorted(
                f"s3://{bucket}/{item['Key']}" for page in pages for item in page.get("Contents", [])
            )

    def delete(self, uri: str) -> None:
        """Remove if there; see Storage."""
        bucket, key = place_of(uri)
        with _translated(uri):
            self._client.delete_object(Bucket=bucket, Key=key)

    def _put_whole(self, uri: str, source: Path, sha256: str, replace: bool) -> None:
        bucket, key = place_of(uri)
        data = source.read_bytes()
        _require_hash(source, sha256, hashlib.sha256(data).hexdigest())
        self._client.put_object(
            Bucket=bucket, Key=key, Body=data, ChecksumSHA256=_checksum(data), **_condition(replace)
        )

    def _put_parts(self, uri: str, source: Path, sha256: str, replace: bool) -> None:
        bucket, key = place_of(uri)
        begun = self._client.create_multipart_upload(Bucket=bucket, Key=key, ChecksumAlgorithm="SHA256")
        upload = {"Bucket": bucket, "Key": key, "UploadId": begun["UploadId"]}
        try:
            parts, seen = self._send_parts(upload, source)
            _require_hash(source, sha256, seen)
            self._complete({**upload, "MultipartUpload": {"Parts": parts}, **_condition(replace)}, source)
        except BaseException:
            self._abort(upload)
            raise

    def _send_parts(self, upload: dict[str, str], source: Path) -> tuple[builtins.list[dict[str, Any]], str]:
        digest = hashlib.sha256()
        parts: builtins.list[dict[str, Any]] = []
        size = max(self._part_bytes, -(-source.stat().st_size // MAX_PARTS))
        with source.open("rb") as stream:
            while data := stream.read(size):
                digest.update(data)
                part = {"PartNumber": len(parts) + 1, "ChecksumSHA256": _checksum(data)}
                answer = self._client.upload_part(**upload, **part, Body=data)
                parts.append({**part, "ETag": answer["ETag"]})
        return parts, digest.hexdigest()

    def _complete(self, completion: dict[str, Any], source: Path) -> None:
        """A completion whose answer was lost has happened when these very parts lie there."""
        try:
            self._client.complete_multipart_upload(**completion)
        except (ClientError, HTTPClientError) as error:
            if not (_may_have_happened(error) and self._is_made_of(completion, source)):
                raise

    def _is_made_of(self, completion: dict[str, Any], source: Path) -> bool:
        sums = [base64.b64decode(part["ChecksumSHA256"]) for part in completion["MultipartUpload"]["Parts"]]
        try:
            found = self._client.head_object(
                Bucket=completion["Bucket"], Key=completion["Key"], ChecksumMode="ENABLED"
            )
        except (ClientError, BotoCoreError):
            return False
        # S3's checksum of an object in parts: the SHA-256 of its parts' SHA-256, then their number.
        stored = found.get("ChecksumSHA256", "").partition("-")[0]
        return bool(found["ContentLength"] == source.stat().st_size and stored == _checksum(b"".join(sums)))

    def _abort(self, upload: dict[str, str]) -> None:
        # What cannot be aborted now is removed by the bucket's own rule for unfinished uploads.
        try:
            self._client.abort_multipart_upload(**upload)
        except (ClientError, BotoCoreError):
            return

    def _touch(self, uri: str) -> None:
        """Bytes that are wanted again are new again: garbage collection goes by age."""
        bucket, key = place_of(uri)
        tag = {"Key": WANTED_AT, "Value": datetime.now(UTC).isoformat(timespec="milliseconds")}
        with _translated(uri):
            self._client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [tag]})


class _ResumingBody(io.RawIOBase):
    """The bytes of one version of an object."""

    def __init__(self, client: Any, uri: str, answer: dict[str, Any]) -> None:
        self._client, self._uri = client, uri
        self._body, self._etag = answer["Body"], answer["ETag"]
        self._left, self._at, self._resumes = answer["ContentLength"], 0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._left > 0:
            try:
                data = self._body.read(min(len(buffer), self._left))
                if data:
                    buffer[: len(data)] = data
                    self._at, self._left = self._at + len(data), self._left - len(data)
                    return len(data)
            except (BotoCoreError, OSError) as error:
                self._resume(error)
            else:
                self._resume(OSError("the connection ended early"))
        return 0

    def _resume(self, cause: Exception) -> None:
        bucket, key = place_of(self._uri)
        if self._resumes == MAX_RESUMES:
            raise _unavailable(self._uri, cause) from cause
        self._resumes += 1
        self._body.close()
        try:
            with _translated(self._uri):
                answer = self._client.get_object(
                    Bucket=bucket, Key=key, Range=f"bytes={self._at}-", IfMatch=self._etag
                )
        except ClientError as error:
            message = f"{self._uri} was replaced while it was read. Read it again from its beginning."
            raise ForgeError("conflict", message, {"uri": self._uri}) from error
        self._body = answer["Body"]

    def close(self) -> None:
        self._body.close()
        super().close()


def place_of(uri: str) -> tuple[str, str]:
    """Bucket and key of an s3:// address.

    Raises:
        ForgeError(validation): another scheme, or no bucket or key.
    """
    parts = urlsplit(uri)
    key = parts.path.removeprefix("/")
    if parts.scheme != "s3" or not parts.netloc or not key or parts.query or parts.fragment:
        raise ForgeError("validation", f"Cannot read {uri!r}: expected s3://bucket/key.")
    return parts.netloc, key


@cache
def client_of_process(_process: int) -> Any:
    """The one client of a process, which waits out throttling."""
    retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    return boto3.client("s3", config=Config(retries=retries))


def _condition(replace: bool) -> dict[str, str]:
    return {} if replace else {"IfNoneMatch": "*"}


def _checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _require_hash(source: Path, sha256: str, seen: str) -> None:
    if seen != sha256:
        raise ForgeError(
            "conflict",
            f"{source} changed while it was published: its SHA-256 was {sha256}, "
            f"the copied bytes have {seen}. Leave a file alone once it is handed over.",
        )


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _may_have_happened(error: ClientError | HTTPClientError) -> bool:
    """No answer came; or an earlier try took the name and, with it, ended the upload."""
    if isinstance(error, HTTPClientError):
        return True
    retried = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
    return bool(retried and _status(error) in (404, 412))


@contextmanager
def _translated(uri: str) -> Iterator[None]:
    """S3's failures in our words. A taken name and a race stay as they are, for the caller to decide."""
    try:
        yield
    except ClientError as error:
        if _status(error) in (409, 412):
            raise
        raise _failure(uri, error) from error
    except BotoCoreError as error:
        raise _unavailable(uri, error) from error


def _failure(uri: str, error: ClientError) -> ForgeError:
    code, status = error.response.get("Error", {}).get("Code", ""), _status(error)
    if status == 404 and code != "NoSuchBucket":
        message = f"Nothing lies at {uri}. Check that the stage that writes it has succeeded."
        return ForgeError("not_found", message, {"uri": uri})
    what = "Resume the job from its last checkpoint."
    if code == "NoSuchBucket":
        what = f"There is no bucket {place_of(uri)[0]}: deploy it, or correct the address."
    elif status == 403:
        what = "Give the job's role access to this prefix, or correct the credentials."
    return ForgeError(
        "dependency", f"S3 answered {status} {code} for {uri}. {what}", {"uri": uri, "code": code}
    )


def _unavailable(uri: str, error: Exception) -> ForgeError:
    message = f"S3 could not be reached for {uri}: {error}. Resume the job from its last checkpoint."
    return ForgeError("dependency", message, {"uri": uri})
