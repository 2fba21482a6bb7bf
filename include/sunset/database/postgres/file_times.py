"""When the files of relations were last written to, where the server tells this login.

A relation is written to no later than its file, but for what the next checkpoint writes; a VACUUM writes too. So the
time is one after which no row changed, to within the minutes between two checkpoints; it may be later than the change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import psycopg
from psycopg import errors

_MAY = "SELECT has_function_privilege('pg_catalog.pg_stat_file(text, boolean)', 'EXECUTE') AND NOT pg_is_in_recovery()"
_TIMES = """
    SELECT c.oid, max((pg_stat_file(pg_relation_filepath(c.oid) || CASE part WHEN 0 THEN '' ELSE '.' || part END, true))
                      .modification)
    FROM pg_class c, generate_series(0, pg_relation_size(c.oid) / 1073741824) AS part
    WHERE c.oid = ANY (%s::oid[]) GROUP BY c.oid
"""


def file_times(connection: psycopg.Connection, oids: Sequence[int]) -> Mapping[int, datetime]:
    """Times by oid; none where the login may not ask, or on a replica, whose files have times of their own."""
    row = connection.execute(_MAY).fetchone()
    if not (row and row[0]):
        return {}
    try:
        return {oid: moment for oid, moment in connection.execute(_TIMES, [list(oids)]).fetchall() if moment}
    except (errors.UndefinedFile, errors.UndefinedTable, errors.InsufficientPrivilege):
        return {}  # dropped meanwhile, or a service that lets nobody see its files
