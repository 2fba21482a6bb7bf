"""`python -m demo.provision`: the demo's databases and users for an Airflow that is configured already.

Everything is read from the environment: the server from Airflow's own database connection, the password of a
user `crm_owner` from CRM_OWNER_PASSWORD. What is there already is left alone, so it can run at every start.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from demo.databases import DemoDatabases
from demo.private import write_private
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
    users = [user.partition(":")[0] for user in _required(_USERS).split(",")]
    passwords = {user: _required(f"{user.upper()}_PASSWORD") for user in users}
    write_private(Path(_required(_PASSWORDS_FILE)), json.dumps(passwords))


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
