"""S3 as a moto server in a process of its own, and a job's room in one of its buckets."""

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from agent_forge.storage.blobs import BlobStore
from agent_forge.storage.s3 import S3Storage
from tests.support.job_room import JobRoom

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def moto_server() -> Iterator[str]:
    """Start a server on a free port; its address."""
    command = [sys.executable, "-u", "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            lines = iter(server.stderr.readline, "")
            yield next(found[1] for line in lines if (found := re.search(r"Running on (http://\S+)", line)))
        finally:
            server.kill()


def client_of(url: str, **settings: Any) -> Any:
    """A client with connections and event hooks of its own."""
    session = boto3.session.Session("test", "test", region_name="us-east-1")
    return session.client("s3", endpoint_url=url, **settings)


class S3Room(JobRoom):
    """A room whose addresses are those of a new bucket.

    Args:
        root: an empty folder, for what stays local.
        url: address of the server.
    """

    def __init__(self, root: Path, url: str) -> None:
        super().__init__(root)
        self.url = url
        self.bucket = f"forge-{uuid.uuid4()}"
        self.client = client_of(url)
        self.client.create_bucket(Bucket=self.bucket)
        self.storage = S3Storage(self.client)
        self.blobs = BlobStore(self.storage, self.uri("blobs/sha256/"))

    def uri(self, path: str) -> str:
        """Address of a path of this room."""
        return f"s3://{self.bucket}/{path}" if hasattr(self, "bucket") else super().uri(path)

    def environment(self, **changes: str) -> dict[str, str]:
        """A job's variables, with those that lead to the server."""
        return super().environment(**CREDENTIALS, AWS_ENDPOINT_URL_S3=self.url, **changes)

    def keys(self) -> list[str]:
        """All keys of the bucket."""
        listed = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [item["Key"] for item in listed]

    def unfinished(self) -> int:
        """Uploads in parts that are neither completed nor aborted."""
        return len(self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []))
