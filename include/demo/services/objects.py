"""An S3 store on loopback, kept in a folder: a bucket is a folder, an object is a file under its own name."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from demo.ports import LOOPBACK, free_port
from demo.process import Process
from demo.services.answers import answers
from sunset.errors import Unavailable

BUCKET = "crm-archive"
"""The bucket that the specs name."""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A running store.

    Attributes:
        folder: what it keeps.
        url: its address.
        access_key, secret_key: made up anew for every demo; it refuses others.
    """

    folder: Path
    url: str
    access_key: str
    secret_key: str = field(repr=False)
    process: Process

    @classmethod
    def start(cls, folder: Path, log: Path) -> ObjectStore:
        """Serve a folder with rclone, the demo's bucket in it.

        Raises:
            Unavailable: the store did not start; the message ends with its log.
        """
        (folder / BUCKET).mkdir()
        address = f"{LOOPBACK}:{free_port()}"
        access_key, secret_key = secrets.token_hex(10), secrets.token_urlsafe(30)
        # By environment: an argument would show in the list of processes.
        env = {**os.environ, "RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"', "RCLONE_CONFIG": os.devnull}
        process = Process.start([_rclone(), "serve", "s3", "--addr", address, folder], log, cwd=folder, env=env)
        store = cls(folder, f"http://{address}", access_key, secret_key, process)
        if not answers(store.url, process):
            process.stop()
            raise Unavailable("The object store did not start.", where=str(log), remedy=process.last_lines())
        return store

    @property
    def connection(self) -> dict[str, object]:
        """The fields of an Airflow connection that leads here."""
        extra = {"endpoint_url": self.url, "region_name": "us-east-1"}
        return {"conn_type": "aws", "login": self.access_key, "password": self.secret_key, "extra": extra}


def _rclone() -> str:
    """rclone from the virtual environment."""
    beside_python = str(Path(sys.executable).parent)
    program = shutil.which("rclone", path=beside_python) or shutil.which("rclone")
    if program is None:
        raise Unavailable("rclone is not installed.", where=beside_python, remedy="Run `make venv`.")
    return program
