"""Copies of file trees by the library alone, and a worker that can be killed at it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.object_store import ObjectStore
from sunset.dossier.store import open_store
from sunset.files.copying import Copy, Outcome
from sunset.files.entries import Entry
from sunset.files.journal import Journal
from sunset.files.limits import Limits
from sunset.files.local import LocalTree
from sunset.files.objects import Account, open_bucket
from sunset.files.places import Source, Target
from sunset.files.s3 import S3Tree

QUICK = Limits(pause=0.01)
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Lines:
    """What a copy says about itself."""

    lines: list[str] = field(default_factory=list)


def s3_tree(store: ObjectStore, bucket: str, prefix: str, url: str | None = None, timeout: float = 5.0) -> S3Tree:
    """A prefix of a store, reached directly or through another address."""
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url=url or store.url,
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
        region_name="us-east-1",
        config=Config(
            connect_timeout=timeout, read_timeout=timeout, retries={"total_max_attempts": 4, "mode": "standard"}
        ),
    )
    account = Account(lambda: (store.access_key, store.secret_key, None), "us-east-1", url or store.url, timeout)
    return S3Tree(open_bucket(bucket, client, account), prefix)


def journal_in(folder: Path, target: Target) -> Journal:
    return Journal.of(open_store(str(folder)), "tree", target)


def copy(
    source: Source, target: Target, journal: Journal, limits: Limits = QUICK, said: Lines | None = None
) -> Outcome:
    """List and copy a whole tree in one slice, as a task does."""
    entries: Sequence[Entry] = tuple(source.entries())
    known = journal.known(entries[0].path, entries[-1].path)
    lines = (said or Lines()).lines
    return Copy(source, target, limits, known, lambda sent: journal.keep("0", sent), lines.append).run(entries)


def start_worker(folder: Path, store: ObjectStore, bucket: str) -> subprocess.Popen[bytes]:
    """A process that copies `folder/source` into the bucket."""
    code = (
        "import sys; from pathlib import Path; from services.file_copies import work; "
        "work(Path(sys.argv[1]), sys.argv[2], sys.argv[3])"
    )
    path = f"{ROOT}/tests:{ROOT}/include"
    environment = {"PYTHONPATH": path, "KEY": store.access_key, "SECRET": store.secret_key, "PATH": "/usr/bin:/bin"}
    return subprocess.Popen([sys.executable, "-c", code, str(folder), store.url, bucket], env=environment)


def work(folder: Path, url: str, bucket: str) -> None:
    """What that process does."""
    import os

    target = s3_tree(ObjectStore(url, os.environ["KEY"], os.environ["SECRET"]), bucket, "kept/")
    limits = Limits(parallel=4, bytes_per_second=12_000_000)
    copy(LocalTree(str(folder / "source")), target, journal_in(folder / "journal", target), limits)
