"""Which tables the transaction touches that the target cannot apply: PostgreSQL says so in the target's log alone."""

from __future__ import annotations

import psycopg

_PROGRESS = """
    SELECT pg_wal_lsn_diff(remote_lsn, '0/0')::bigint
    FROM pg_replication_origin_status o JOIN pg_subscription s ON o.external_id = 'pg_' || s.oid
    WHERE s.subname = %s
"""
# Messages of pgoutput, version 1: https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
_PEEK = """
    SELECT data FROM pg_logical_slot_peek_binary_changes(
        %s, NULL, 10000, 'proto_version', '1', 'publication_names', quote_ident(%s))
"""


def suspects(source: psycopg.Connection, target: psycopg.Connection, name: str) -> tuple[str, ...]:
    """Tables of the first transaction that the target does not have; none where that cannot be told.

    The slot must not be in use.
    """
    try:
        row = target.execute(_PROGRESS, [name]).fetchone()
        messages = [bytes(data) for (data,) in source.execute(_PEEK, [name, name])]
    except psycopg.Error:  # no right to look, or somebody streams from the slot: the refusal stands without names
        return ()
    applied = row[0] if row and row[0] is not None else 0
    relations: dict[int, str] = {}
    touched: set[str] = set()
    for message in messages:
        kind = message[:1]
        if kind == b"B":
            touched = set()
        elif kind == b"R":
            namespace, table, *_ = message[5:].split(b"\0")
            relations[int.from_bytes(message[1:5], "big")] = f"{namespace.decode()}.{table.decode()}"
        elif kind in (b"I", b"U", b"D"):
            touched.add(relations[int.from_bytes(message[1:5], "big")])
        elif kind == b"T":
            touched |= {relations[int.from_bytes(message[at : at + 4], "big")] for at in range(6, len(message), 4)}
        elif kind == b"C" and int.from_bytes(message[10:18], "big") > applied:
            return tuple(sorted(touched))
    return ()
