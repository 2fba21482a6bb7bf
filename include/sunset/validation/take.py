"""Takes the readings of one side: answers to the spec's checks, and samples of its tables."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from sunset.database.postgres.tables import find_table
from sunset.validation.answers import ask
from sunset.validation.lookup import find_key, find_table_or_none
from sunset.validation.readings import SAMPLE_ROWS, Check, Readings, Sample
from sunset.validation.sample import take_sample


def take_readings(
    connection: psycopg.Connection, checks: Sequence[Check], tables: Sequence[str], rows: int = SAMPLE_ROWS
) -> Readings:
    """The source's readings.

    Args:
        connection: a read-only session; where the source is written to, one on the snapshot that was copied.
        checks: the spec's checks of this source.
        tables: quoted names of the tables to sample; those without a key are left out.
        rows: number of rows to sample of each.
    """
    samples = tuple(
        take_sample(connection, find_table(connection, table), key, rows)
        for table in tables
        if (key := find_key(connection, table))
    )
    return Readings(ask(connection, checks), samples)


def take_same_readings(
    connection: psycopg.Connection, checks: Sequence[Check], samples: Sequence[Sample], rows: int = SAMPLE_ROWS
) -> Readings:
    """The target's readings: the same checks, and samples of the same tables by the source's keys."""
    taken = []
    for sample in samples:
        table = find_table_or_none(connection, sample.table)
        if table and set(sample.key) <= set(table.columns):
            taken.append(take_sample(connection, table, sample.key, rows))
    return Readings(ask(connection, [check.on_target() for check in checks]), tuple(taken))
