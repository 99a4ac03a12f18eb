"""A bucket as a store, on a moto server."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.retries.standard import ExponentialBackoff

from agent_forge.errors import ForgeError
from agent_forge.storage.base import open_storage
from agent_forge.storage.s3 import S3Storage, client_of_process, place_of
from tests.support.job_room import JobRoom, start_child
from tests.support.moto_room import S3Room, client_of, moto_server
from tests.test_cognate_jobs import TINY, _documents

PART = 5 << 20


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with moto_server() as address:
        yield address


@pytest.fixture
def bucket(tmp_path: Path, url: str) -> S3Room:
    return S3Room(tmp_path, url)


def _file(folder: Path, size: int) -> tuple[Path, str]:
    data = random.Random(size).randbytes(size)
    path = folder / f"file-{size}"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("uri", ["s3://bucket", "s3:///key", "file:///x", "s3://b/k?v=1", "s3://b/k#f"])
def test_an_address_without_bucket_or_key_is_refused(uri: str) -> None:
    with pytest.raises(ForgeError, match="expected s3://bucket/key"):
        place_of(uri)


def test_the_scheme_chooses_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert isinstance(open_storage("s3://bucket/key"), S3Storage)


def test_documents_are_written_replaced_listed_and_deleted(bucket: S3Room) -> None:
    store, uri = bucket.storage, bucket.uri
    # when
    store.write(uri("runs/b.json"), b"first")
    store.write(uri("runs/b.json"), b"second")
    store.write(uri("runs/a.json"), b"")
    store.write(uri("other"), b"x")
    # then
    assert store.read_bytes(uri("runs/b.json")) == b"second"
    assert store.list(uri("runs/")) == [uri("runs/a.json"), uri("runs/b.json")]
    assert (store.exists(uri("runs/a.json")), store.exists(uri("runs"))) == (True, False)
    store.delete(uri("runs/a.json"))
    store.delete(uri("runs/a.json"))
    assert store.list(uri("runs/")) == [uri("runs/b.json")]
    with pytest.raises(ForgeError, match="Nothing lies at") as caught:
        store.read_bytes(uri("runs/a.json"))
    assert caught.value.kind == "not_found"


def test_a_bucket_that_is_missing_is_named_and_no_missing_object(bucket: S3Room) -> None:
    with pytest.raises(ForgeError, match="There is no bucket forge-none") as caught:
        bucket.storage.read_bytes("s3://forge-none/key")
    assert caught.value.kind == "dependency"


@pytest.mark.parametrize("size", [100, PART + 7])
def test_of_two_files_the_first_has_a_free_name_unless_the_second_replaces(bucket: S3Room, size: int) -> None:
    store, uri = S3Storage(bucket.client, PART), bucket.uri("blob")
    first, second = _file(bucket.root, size), _file(bucket.root, size + 1)
    # when / then
    assert store.put(uri, *first)
    assert not store.put(uri, *second)
    assert hashlib.sha256(store.read_bytes(uri)).hexdigest() == first[1]
    tags = bucket.client.get_object_tagging(Bucket=bucket.bucket, Key="blob")["TagSet"]
    assert [tag["Key"] for tag in tags] == ["wanted-at"]
    assert store.put(uri, *second, replace=True)
    assert hashlib.sha256(store.read_bytes(uri)).hexdigest() == second[1]
    assert bucket.unfinished() == 0


@pytest.mark.parametrize("size", [100, PART + 7])
def test_a_file_that_changed_since_it_was_hashed_is_not_published(bucket: S3Room, size: int) -> None:
    path, _ = _file(bucket.root, size)
    with pytest.raises(ForgeError, match="changed while it was published") as caught:
        S3Storage(bucket.client, PART).put(bucket.uri("blob"), path, "0" * 64)
    assert caught.value.kind == "conflict"
    assert (bucket.keys(), bucket.unfinished()) == ([], 0)


def test_a_kill_between_two_parts_leaves_nothing_to_see_and_the_next_attempt_succeeds(bucket: S3Room) -> None:
    # given a child that dies once its second part has gone
    path, sha256 = _file(bucket.root, 2 * PART + 5)

    def attempt() -> int:
        client = client_of(bucket.url)
        parts = iter(range(1, 4))

        def die(**_: Any) -> None:
            if next(parts) == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        client.meta.events.register("after-call.s3.UploadPart", die)
        S3Storage(client, PART).put(bucket.uri("blob"), path, sha256)
        return 0

    child = start_child(attempt, bucket.root / "child")
    # when
    _, status = os.waitpid(child, 0)
    # then
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert (bucket.keys(), bucket.unfinished()) == ([], 1)
    assert S3Storage(bucket.client, PART).put(bucket.uri("blob"), path, sha256)
    assert hashlib.sha256(bucket.storage.read_bytes(bucket.uri("blob"))).hexdigest() == sha256


def test_a_completion_whose_answer_is_lost_counts_as_done(bucket: S3Room) -> None:
    path, sha256 = _file(bucket.root, PART + 5)
    client = client_of(bucket.url, config=_no_retries())

    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url=bucket.url)

    client.meta.events.register("after-call.s3.CompleteMultipartUpload", lose)
    # when / then
    assert S3Storage(client, PART).put(bucket.uri("blob"), path, sha256)
    assert bucket.keys() == ["blob"]


def test_a_completion_that_never_arrived_is_an_error_and_leaves_no_parts(bucket: S3Room) -> None:
    path, sha256 = _file(bucket.root, PART + 5)
    client = client_of(bucket.url, config=_no_retries())

    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url=bucket.url)

    client.meta.events.register("before-send.s3.CompleteMultipartUpload", lose)
    with pytest.raises(ForgeError, match="could not be reached") as caught:
        S3Storage(client, PART).put(bucket.uri("blob"), path, sha256)
    assert caught.value.kind == "dependency"
    assert (bucket.keys(), bucket.unfinished()) == ([], 0)


def test_a_read_that_breaks_goes_on_where_it_stopped(bucket: S3Room) -> None:
    # given answers that each end after 1,000 bytes
    path, sha256 = _file(bucket.root, 3_500)
    bucket.storage.put(bucket.uri("blob"), path, sha256)
    ranges: list[str] = []

    def cut(params: dict[str, Any], **_: Any) -> None:
        ranges.append(params["headers"].get("Range", ""))

    def short(parsed: dict[str, Any], **_: Any) -> None:
        whole, parsed["Body"] = parsed["Body"], _Short(parsed["Body"].read(1_000))
        whole.close()

    bucket.client.meta.events.register("before-call.s3.GetObject", cut)
    bucket.client.meta.events.register("after-call.s3.GetObject", short)
    # when
    copy = bucket.blobs.fetch(bucket.uri("blob"), sha256, 3_500, bucket.root / "copy")
    # then
    assert copy.read_bytes() == path.read_bytes()
    assert ranges == ["", "bytes=1000-", "bytes=2000-", "bytes=3000-"]


class _Short:
    """A body that breaks when its bytes are over."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        if not self._data:
            raise ConnectionResetError("cut")
        given, self._data = self._data[:size], self._data[size:]
        return given

    def close(self) -> None:
        self._data = b""


def test_forty_in_a_hundred_refusals_are_waited_out(bucket: S3Room, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a server that throttles 40 % of the requests, and waits a hundredth as long as real ones
    waits: list[float] = []
    delay = ExponentialBackoff.delay_amount

    def shortened(self: Any, context: Any) -> float:
        waits.append(delay(self, context))
        return waits[-1] / 100

    monkeypatch.setattr(ExponentialBackoff, "delay_amount", shortened)
    for name, value in bucket.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    client_of_process.cache_clear()
    client = client_of_process(os.getpid())
    store = S3Storage(client)
    dice = random.Random(3)
    body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        return AWSResponse(request.url, 503, {}, _Raw(body)) if dice.random() < 0.4 else None

    events = client.meta.events
    events.register("before-send.s3", refuse, unique_id="refuse")
    # when
    try:
        for number in range(20):
            store.write(bucket.uri(f"many/{number}"), b"x")
        listed = store.list(bucket.uri("many/"))
    finally:
        client_of_process.cache_clear()
    # then every write is there, after waits that differ
    assert len(listed) == 20
    assert len(waits) >= 8
    assert len(set(waits)) == len(waits)


class _Raw:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self) -> Iterator[bytes]:
        yield self._data


def _no_retries() -> Any:
    from botocore.config import Config

    return Config(retries={"mode": "standard", "total_max_attempts": 1})


def _trained(room: JobRoom) -> dict[str, Any]:
    """Run the smallest stage that trains in a process of its own; its result, without addresses and times."""
    corpus = room.corpus_input(_documents())
    task = room.task(stage="base", config=TINY, inputs=[corpus])
    command = [sys.executable, "-m", "agent_forge", "run", "--task", task]
    begun = time.monotonic()
    done = subprocess.run(command, env=room.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stderr, time.monotonic() - begun)
    result = json.loads(room.storage.read_bytes(room.uri("staging/base/result.json")))
    assert result["success"]
    for file in [file for model in result["models"] for file in model["files"]] + result["artifacts"]:
        assert hashlib.sha256(room.storage.read_bytes(file["uri"])).hexdigest() == file["sha256"]
    return result


def test_a_job_that_trains_on_s3_ends_with_the_same_bits_as_on_files(tmp_path: Path, url: str) -> None:
    # when
    local = _trained(JobRoom(tmp_path / "local"))
    remote = _trained(S3Room(tmp_path / "remote", url))

    # then
    def bits(result: dict[str, Any]) -> list[tuple[str, str, int]]:
        files = [file for model in result["models"] for file in model["files"]]
        return [(file.get("path", file.get("name")), file["sha256"], file["bytes"]) for file in files]

    assert len(bits(local)) > 0
    assert bits(remote) == bits(local)
    assert [model["properties"] for model in remote["models"]] == [
        model["properties"] for model in local["models"]
    ]
