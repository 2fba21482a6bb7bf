"""The schema: dumped by pg_dump, applied in two sections, each in one transaction with its mark.

The pre-data section makes everything that rows need; the post-data section (indexes, keys, triggers, rules)
comes after the rows, so that no trigger fires for a copied row, not even one that is ENABLE ALWAYS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.scope import Scope
from sunset.database.postgres.tools import Tools, run
from sunset.errors import Refusal

DUMP_NAME = "schema.dump"
_META_COMMAND = re.compile(r"^\\(un)?restrict \w+$", re.MULTILINE)
_LEFT_OUT = re.compile(r"\d+; \d+ \d+ (MATERIALIZED VIEW DATA|USER MAPPING) ")
_OTHER_SCHEMAS = """
    SELECT quote_ident(nspname) FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT nspname = ANY (%s::text[])
    ORDER BY 1
"""


def exclusions(connection: psycopg.Connection, scope: Scope) -> list[str]:
    """The pg_dump options that leave out what the scope leaves out.

    Schemas are excluded rather than chosen: choosing them would leave extensions behind.
    """
    options = [f"--exclude-table={_pattern(table)}" for table in scope.excluded]
    if scope.schemas:
        rows = connection.execute(_OTHER_SCHEMAS, [list(scope.schemas)]).fetchall()
        options += [f"--exclude-schema={_pattern(row[0])}" for row in rows]
    return options


def dump_schema(tools: Tools, source: Endpoint, folder: Path, excluded: Sequence[str], scope: Scope) -> None:
    """Write the schema of the source to `folder`/schema.dump, in pg_dump's custom format."""
    _dump(tools, source, "custom", folder / DUMP_NAME, excluded, scope)


def write_ddl(tools: Tools, source: Endpoint, path: Path, excluded: Sequence[str], scope: Scope) -> None:
    """Write the schema of the source as plain SQL, without the key that would make every dump differ."""
    _dump(tools, source, "plain", path, excluded, scope)
    path.write_text(_META_COMMAND.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")


def _dump(tools: Tools, source: Endpoint, form: str, path: Path, excluded: Sequence[str], scope: Scope) -> None:
    options = [f"--format={form}", "--schema-only", "--no-subscriptions", "--no-tablespaces", f"--file={path}"]
    run(tools, "pg_dump", [*options, *lock_wait(scope), *excluded], source)


def lock_wait(scope: Scope) -> list[str]:
    """The pg_dump option that bounds its wait for locks."""
    return [] if scope.lock_timeout in ("0", "0s") else [f"--lock-wait-timeout={scope.lock_timeout}"]


def contents(tools: Tools, dump: Path, wanted: Callable[[str], bool] = bool) -> Path:
    """The list of a dump's entries, for pg_restore's --use-list, without the refreshing of materialized views.

    Views are refreshed by our own code, which finds a search path that their functions run with. User mappings are
    not carried. `wanted` says of a
    line of the list whether it is taken; all are when it is left out.
    """
    path = dump.with_name("contents.list")
    run(tools, "pg_restore", ["--list", f"--file={path}", str(dump)])
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    taken = (line for line in lines if not _LEFT_OUT.match(line) and wanted(line))
    path.write_text("".join(taken), encoding="utf-8")
    return path


def section_lines(tools: Tools, dump: Path, section: str) -> list[str]:
    """The lines of pg_restore's list that stand for the entries of one section."""
    path = dump.with_name("section.list")
    run(tools, "pg_restore", ["--list", f"--section={section}", f"--file={path}", str(dump)])
    return [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith(";")]


def section_script(tools: Tools, dump: Path, section: str, wanted: Callable[[str], bool] = bool) -> str:
    """The SQL of one section (`pre-data` or `post-data`) of a dump, without psql's meta commands.

    Args:
        tools: the programs to read the dump with.
        dump: the dump.
        section: which section.
        wanted: which entries of it, as lines of pg_restore's list; all when left out.
    """
    path = dump.with_name(f"{section}.sql")
    listed = contents(tools, dump, wanted)
    options = [f"--section={section}", f"--use-list={listed}", f"--file={path}", str(dump)]
    run(tools, "pg_restore", options)
    lines = path.read_text(encoding="utf-8")
    # pg_dump frames its output in \restrict and \unrestrict with a random key; a driver cannot run them.
    return _META_COMMAND.sub("", lines)


def drop_default_schema(target: psycopg.Connection, source: psycopg.Connection, scope: Scope) -> None:
    """Take the schema `public` off a new database where the source, copied whole, has none: pg_dump does not."""
    if not scope.schemas and source.execute("SELECT to_regnamespace('public') IS NULL").fetchone() == (True,):
        target.execute("DROP SCHEMA IF EXISTS public")


def apply_script(connection: psycopg.Connection, script: str) -> None:
    """Run a section inside the caller's transaction.

    Raises:
        Refusal: the target did not accept a statement; names the statement.
    """
    server = connection.info.server_version
    if server < 170000:  # newer programs write a setting that older servers do not know
        script = script.replace("SET transaction_timeout = 0;", "")
    try:
        connection.execute(script.encode())
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        statement = _statement_at(script, error.diag.statement_position)
        raise Refusal(
            f"the target did not accept it: {error.diag.message_primary}",
            where=statement,
            remedy="Make what it needs on the target (role, extension, privilege), then run the task again.",
        ) from error
    finally:
        _restore_search_path(connection)


def _restore_search_path(connection: psycopg.Connection) -> None:
    if connection.info.transaction_status in (psycopg.pq.TransactionStatus.INTRANS, psycopg.pq.TransactionStatus.IDLE):
        connection.execute("SELECT set_config('search_path', 'pg_catalog', false)")


def _statement_at(script: str, position: str | None) -> str:
    if position is None:
        return "schema of the source"
    start = script.rfind("\n\n", 0, int(position)) + 1
    return " ".join(script[start : start + 300].split())[:160]


def _pattern(quoted: str) -> str:
    """A pg_dump pattern that means exactly this name: inside double quotes nothing is a wildcard."""
    parts = re.findall(r'"(?:[^"]|"")*"|[^."]+', quoted)
    return ".".join(part if part.startswith('"') else f'"{part}"' for part in parts)
