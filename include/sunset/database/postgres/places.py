"""Where a preflight looks: open sessions on the servers of a source, and the folder for its dumps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from sunset.database.postgres.scope import Scope


@dataclass(frozen=True, slots=True)
class Places:
    """Open sessions on source, target and sandbox server, and the folder in which backups are staged.

    `reads` is where rows are read: the source's own session, or one on its replica.
    """

    source: psycopg.Connection
    reads: psycopg.Connection
    target: psycopg.Connection
    sandbox: psycopg.Connection
    scope: Scope
    work_folder: Path
