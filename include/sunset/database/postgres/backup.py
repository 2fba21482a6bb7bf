"""Backup: pg_dump in parallel on an exported snapshot, with that snapshot's facts; and its restore."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import psycopg

from sunset.database.postgres import deferred_checks, event_triggers
from sunset.database.postgres.endpoint import Endpoint, connect, read_only
from sunset.database.postgres.finish import populated_views, refresh_views
from sunset.database.postgres.measure import measure
from sunset.database.postgres.schema import (
    apply_script,
    contents,
    drop_default_schema,
    exclusions,
    lock_wait,
    section_script,
)
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.sequences import measure_sequences
from sunset.database.postgres.snapshot import export_snapshot
from sunset.database.postgres.tools import Tools, run
from sunset.engine import Backup, Progress, Report
from sunset.validation.facts import Facts, SequenceFact


def dump_database(
    tools: Tools, source: Endpoint, folder: Path, scope: Scope, application: str, report: Report
) -> Backup:
    """Dump the database into an empty folder, and measure the snapshot that was dumped.

    A backup holds every table in scope of the schemas, also those that are not migrated.
    """
    everything = replace(scope, excluded=())
    started = time.monotonic()
    with export_snapshot(source, application, everything.settings) as snapshot:
        with snapshot.session() as connection:
            excluded = exclusions(connection, everything)
            before = measure_sequences(connection, everything.schemas, ())
        options = ["--format=directory", f"--jobs={scope.parallel}", f"--snapshot={snapshot.name}", f"--file={folder}"]
        options += ["--no-subscriptions", "--no-tablespaces", "--no-sync"]
        run(tools, "pg_dump", [*options, *lock_wait(everything), *excluded], source)
        facts = measure(snapshot.session, everything)
    size = sum(path.stat().st_size for path in folder.iterdir())
    report(Progress("backup", facts.rows, size, time.monotonic() - started, size))
    return Backup(folder, f"pg_dump {tools.major}, directory format", _standing(facts, before))


def _standing(facts: Facts, before: tuple[SequenceFact, ...]) -> Facts:
    """Facts without the sequences that moved during the dump: no snapshot holds them, so nothing can be said of them.

    On a frozen source none moves.
    """
    unmoved = set(before)
    return replace(facts, sequences=tuple(fact for fact in facts.sequences if fact in unmoved))


def restore_database(
    tools: Tools, folder: Path, scratch: Endpoint, source: psycopg.Connection, scope: Scope, application: str
) -> Facts:
    """Restore a dump into an empty database and measure what came out.

    The steps are those of the copy: checks that call the product's functions come after the rows, and materialized
    views are filled last but for the event triggers, which see nothing of all that.

    Raises:
        Refusal: pg_restore said anything but success, or a statement was not accepted.
    """
    with connect(scratch, application) as connection, connection.transaction():
        drop_default_schema(connection, source, scope)
        apply_script(connection, section_script(tools, folder, "pre-data"))
        checks = deferred_checks.take_off(connection)
    listed = contents(tools, folder, lambda line: not event_triggers.is_entry(line))
    options = ["--section=data", "--section=post-data", f"--use-list={listed}"]
    options += ["--exit-on-error", f"--jobs={scope.parallel}", f"--dbname={scratch.database}", str(folder)]
    run(tools, "pg_restore", options, scratch)
    with connect(scratch, application) as connection, connection.transaction():
        deferred_checks.put_back(connection, checks)
        refresh_views(connection, populated_views(source, scope.schemas))
        apply_script(connection, event_triggers.script(tools, folder))
    return measure(lambda: read_only(scratch, application), replace(scope, excluded=()))
