"""`python -m demo.provision`: the demo's data, keys and users for an Airflow that is configured already.

Everything is read from the environment: the server from Airflow's own database connection, the password of a
user `crm_owner` from CRM_OWNER_PASSWORD, the object store from the connection that the spec names, and where the
CRM's attachments and the keys of their SFTP server go. What is there already is left alone, so it can run at every
start.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from demo.crm.attachments import fill
from demo.databases import DemoDatabases
from demo.private import write_private
from demo.services.objects import BUCKET
from demo.services.ssh_keys import SshKeys
from sunset.database.postgres.endpoint import Endpoint
from sunset.errors import Refusal

_DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_USERS = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"
_PASSWORDS_FILE = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"


def main() -> None:
    """Create and fill what is missing.

    Raises:
        Refusal: a variable is missing.
    """
    databases = DemoDatabases(metadata_endpoint(_required(_DATABASE)))
    databases.create()
    databases.load_legacy()
    provide_attachments(Path(_required("DEMO_CRM_FILES")) / "attachments")
    SshKeys.make(Path(_required("DEMO_SSH_FOLDER"))).trust(_required("DEMO_SFTP_HOST"))
    make_bucket(_required("AIRFLOW_CONN_ARCHIVE_S3"))
    users = [user.partition(":")[0] for user in _required(_USERS).split(",")]
    passwords = {user: _required(f"{user.upper()}_PASSWORD") for user in users}
    write_private(Path(_required(_PASSWORDS_FILE)), json.dumps(passwords))


def provide_attachments(folder: Path) -> None:
    """Fill the folder, unless a start before this one did."""
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        fill(unfinished)
        unfinished.rename(folder)


def make_bucket(url: str) -> None:
    """Make the bucket of the specs in the store behind an Airflow connection given as a URL, if it is not there."""
    from botocore.session import Session

    parts = urlsplit(url)
    client = Session().create_client(
        "s3",
        aws_access_key_id=unquote(parts.username or ""),
        aws_secret_access_key=unquote(parts.password or ""),
        **dict(parse_qsl(parts.query)),
    )
    if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)


def metadata_endpoint(url: str) -> Endpoint:
    """The database behind a SQLAlchemy URL."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Endpoint(parts.hostname or "", parts.port or 5432, user, password, parts.path.removeprefix("/"))


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise Refusal("is not set.", where=name, remedy="Set it in the environment.")
    return value


if __name__ == "__main__":
    main()
