"""What the preflight of a replication looks for in the tables of the source."""

from __future__ import annotations

from collections.abc import Iterable

from sunset.database.postgres.replication.publication import without_identity
from sunset.database.postgres.replication.route import Route
from sunset.database.postgres.tables import quoted_tables
from sunset.engine import Finding

# By FULL a row is told by all its columns together, so each has to have an equality.
_SHAPES = """
    SELECT format('%%I.%%I', n.nspname, c.relname), c.relreplident = 'f',
           (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relreplident = 'f'
              AND a.atttypid = ANY ('{json,xml,point,line,lseg,box,path,polygon,circle}'::regtype[])),
           (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a
            JOIN pg_index i ON i.indrelid = a.attrelid
            WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[]) AND a.attgenerated <> ''
              AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END),
           c.relpersistence = 'u', pg_has_role(c.relowner, 'USAGE')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE format('%%I.%%I', n.nspname, c.relname) = ANY (%s::text[])
    ORDER BY 1
"""


def identities(route: Route) -> Iterable[Finding]:
    """Whether every row can be told by something. Without it, the product could not change its rows any more."""
    for table in without_identity(route.source, _tables(route)):
        message = "has no replica identity: once published, its rows could not be updated or deleted."
        remedy = "Give it a primary key, REPLICA IDENTITY USING INDEX or, at the price of speed, REPLICA IDENTITY FULL."
        yield Finding("error", "no_replica_identity", table, message, remedy)


def shapes(route: Route) -> Iterable[Finding]:
    """What is odd about tables that are to be sent."""
    user = route.source.info.user
    for table, full, incomparable, generated, unlogged, owned in route.source.execute(_SHAPES, [_tables(route)]):
        if full:
            message = "its replica identity is FULL: each update or delete may read the whole table on the target."
            yield Finding("warning", "identity_full", table, message, "A primary key is faster.")
        if incomparable:
            message = f"its replica identity is FULL, and {incomparable} cannot be compared for equality."
            yield Finding("error", "identity_incomparable", table, message, "Give it a primary key.")
        if generated:
            message = f"its replica identity holds the generated column {generated}, which is not sent."
            remedy = "Choose another key by REPLICA IDENTITY USING INDEX."
            yield Finding("error", "identity_generated", table, message, remedy)
        if unlogged:
            message = "is unlogged: its changes are in no log, so they cannot be sent."
            yield Finding("error", "unlogged", table, message, "ALTER it to LOGGED, or use route `copy`.")
        if not owned:
            message = f"the login {user!r} is not its owner, and may not publish it."
            yield Finding("error", "replication_right", table, message, "Connect as its owner, or GRANT that role.")


def large_objects(route: Route) -> Iterable[Finding]:
    """Large objects are sent by no publication."""
    (count,) = route.source.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone()  # type: ignore[misc]
    if count:
        message = f"{count} large objects exist, whose changes no publication sends."
        yield Finding("error", "large_objects_move", route.source.info.dbname, message, "Use route `copy`.")


def at_the_freeze(route: Route) -> Iterable[Finding]:
    """What logical replication does not carry by itself, and how it comes over all the same."""
    message = "sequences are set and materialized views filled after the freeze; nothing may be altered meanwhile."
    remedy = "Keep DDL off the source from the go/no-go to the cutover: a changed schema is refused."
    yield Finding("info", "not_replicated", route.source.info.dbname, message, remedy)


def _tables(route: Route) -> list[str]:
    return list(quoted_tables(route.source, route.scope.schemas, route.scope.excluded))
