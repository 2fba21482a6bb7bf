"""Places of files, made from the spec and the connections that Airflow knows."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from sunset.errors import Refusal
from sunset.files.limits import Limits
from sunset_operators.connections import find_connection
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from paramiko import SSHClient

    from sunset.files.places import Source, Target
    from sunset.files.s3 import S3Tree
    from sunset.spec.places import Place
    from sunset.spec.sources import FileSource
    from sunset_operators.stage_run import StageRun

TASKS = 2
"""Copy tasks of one source at once; they share its limits."""


def conn_ids_of(source: FileSource) -> dict[str, str | None]:
    """The connection ids of a file source by part, as the spec has them: still to be rendered."""
    return {
        "from": source.from_.conn_id,
        "to": source.to.conn_id,
        "sandbox": source.sandbox.conn_id if source.sandbox else source.to.conn_id,
    }


@dataclass(frozen=True, slots=True)
class FilePlaces:
    """The three places of a file source.

    Attributes:
        source: the source, as the spec has it.
        conn_ids: rendered connection ids by part, as `conn_ids_of` names them.
    """

    source: FileSource
    conn_ids: dict[str, str | None]

    def limits(self) -> Limits:
        """What one of the source's copy tasks may take."""
        rate = self.source.bytes_per_second
        return Limits(
            parallel=max(1, self.source.parallel // TASKS),
            bytes_per_second=max(1, rate // TASKS) if rate else None,
            timeout=self.source.timeout.total_seconds(),
        )

    def origin(self) -> Source:
        """Where the files are.

        Raises:
            Refusal: a connection is missing, incomplete, or of a type that files are not read from.
        """
        return cast("Source", self._tree(self.source.from_, self.conn_ids["from"], ""))

    def target(self) -> Target:
        """Where they go.

        Raises:
            Refusal: a connection is missing, incomplete, or of a type that files are not written to.
        """
        return self._writable(self.source.to, self.conn_ids["to"], "")

    def sandbox(self, run: StageRun) -> Target:
        """The folder of this run's rehearsal.

        Raises:
            Refusal: as `target`.
        """
        mark = hashlib.sha256(f"{run.spec.product}/{run_folder(run.run_id)}".encode()).hexdigest()[:12]
        if self.source.sandbox:
            return self._writable(self.source.sandbox, self.conn_ids["sandbox"], f"/{self.source.name}-{mark}")
        return self._writable(self.source.to, self.conn_ids["to"], f"-sandbox-{mark}")

    def _writable(self, place: Place, conn_id: str | None, suffix: str) -> Target:
        if conn_id and find_connection(conn_id).conn_type in ("sftp", "ssh"):
            raise _wrong(conn_id, "is an SFTP server: files are read from there and not written to.")
        return cast("Target", self._tree(place, conn_id, suffix))

    def _tree(self, place: Place, conn_id: str | None, suffix: str) -> Source | Target:
        timeout = self.source.timeout.total_seconds()
        path = place.path.rstrip("/") + suffix
        if ".." in PurePosixPath(path).parts:
            raise Refusal("leads out of its folder.", where=place.path, remedy="Give it without segments of dots.")
        if path.startswith(("s3://", "s3a://")):
            return s3_tree(path, conn_id, self.source.parallel, timeout)
        connection = find_connection(conn_id) if conn_id else None
        if connection is None or connection.conn_type in ("fs", "file"):
            return _local(path, connection)
        if connection.conn_type in ("sftp", "ssh"):
            return _sftp(path, connection, timeout)
        raise _wrong(str(conn_id), f"is of type {connection.conn_type!r}; files lie behind fs, sftp and aws.")


def _local(path: str, connection: Connection | None) -> Source | Target:
    from sunset.files.local import LocalTree

    if connection is None:
        return LocalTree(path.removeprefix("file://"))
    folder = str(connection.extra_dejson.get("path") or "")
    if not folder.startswith("/"):
        raise _wrong(connection.conn_id, "needs an absolute folder in its field Path.")
    return LocalTree(f"{folder.rstrip('/')}/{path.removeprefix('file://').strip('/')}".rstrip("/"))


def _sftp(path: str, connection: Connection, timeout: float) -> Source:
    from airflow.providers.ssh.hooks.ssh import SSHHook

    from sunset.files.sftp import SftpTree

    extra = connection.extra_dejson
    if any(str(extra.get(key)).lower() == "true" for key in ("no_host_key_check", "allow_host_key_change")):
        raise _wrong(connection.conn_id, "switches off the check of the host key, which Sunset does not do without.")
    # One look at the connection, in this thread; every session is a copy that opens its own.
    known = SSHHook(connection.conn_id, conn_timeout=int(timeout), auth_timeout=int(timeout), conn_retry_attempts=1)

    def connect() -> SSHClient:
        hook = copy.copy(known)
        hook.client = None
        return hook.get_conn()

    return SftpTree(connect, f"{connection.host}:{connection.port or 22}", path.removeprefix("sftp://"), timeout)


def s3_tree(url: str, conn_id: str | None, parallel: int = 8, timeout: float = 60.0) -> S3Tree:
    """The keys below a URL such as s3://bucket/folder.

    Raises:
        Refusal: the connection is not of type aws, or the URL is none.
    """
    from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
    from botocore.config import Config

    from sunset.files.objects import Account, open_bucket
    from sunset.files.s3 import S3Tree, split

    if conn_id and find_connection(conn_id).conn_type not in ("aws", "s3"):
        raise _wrong(conn_id, "is not of type aws, and the path is a bucket's.")
    config = Config(
        connect_timeout=timeout,
        read_timeout=timeout,
        max_pool_connections=parallel + 2,
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    hook: Any = AwsGenericHook(aws_conn_id=conn_id, client_type="s3", config=config)
    client, session = hook.get_conn(), hook.get_session()

    def credentials() -> tuple[str, str, str | None]:
        frozen = session.get_credentials().get_frozen_credentials()
        return frozen.access_key, frozen.secret_key, frozen.token

    bucket, prefix = split(url)
    account = Account(credentials, client.meta.region_name or "us-east-1", client.meta.endpoint_url, timeout)
    return S3Tree(open_bucket(bucket, client, account), prefix)


def _wrong(conn_id: str, what: str) -> Refusal:
    return Refusal(what, where=f"connection {conn_id!r}", remedy="Make or mend it under Admin, Connections.")
