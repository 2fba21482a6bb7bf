"""Where the preflight of a replication looks."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.replication.bounds import Bounds
from sunset.database.postgres.scope import Scope


@dataclass(frozen=True, slots=True)
class Route:
    """Open sessions on source and target, and the source as the target's server reaches it."""

    source: psycopg.Connection
    target: psycopg.Connection
    publisher: Endpoint
    scope: Scope
    bounds: Bounds
