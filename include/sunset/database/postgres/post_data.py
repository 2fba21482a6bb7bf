"""The section of a schema that comes after the rows, taken apart into what can be done at once and what cannot.

Keys and indexes of different tables have nothing to do with each other; foreign keys can be validated at once when they
are there. All else keeps pg_dump's order, in one transaction. What this module does not recognise is part of that.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from sunset.database.postgres import event_triggers
from sunset.database.postgres.schema import section_lines, section_script
from sunset.database.postgres.tools import Tools

# As pg_restore lists them; CONSTRAINT is a primary key, a unique or an exclusion constraint.
_KEY = re.compile(r"\d+; \d+ \d+ (CONSTRAINT|INDEX|FK CONSTRAINT) ")
# Definitions that pg_dump moves behind the rows because they need a key; an index may need them in turn.
_MOVED = re.compile(r"\d+; \d+ \d+ (FUNCTION|PROCEDURE|AGGREGATE|OPERATOR|TYPE|DOMAIN) ")

_HEADER = re.compile(r"^--\n-- Name: .*; Type: .*\n--\n\n", re.MULTILINE)
_NAME = r'(?:"(?:[^"]|"")+"|[^\s".,()]+)'
_TABLE = rf"({_NAME}\.{_NAME})"
_COLUMNS = rf"\({_NAME}(?:, {_NAME})*\)"
_KEY_ENTRY = re.compile(
    rf"ALTER TABLE ONLY {_TABLE}\n    ADD CONSTRAINT {_NAME} (?!FOREIGN KEY)"
    rf"|CREATE (?:UNIQUE )?INDEX {_NAME} ON {_TABLE} USING "
)
_FOREIGN_KEY_ENTRY = re.compile(
    rf"(ALTER TABLE ONLY {_TABLE}\n    ADD CONSTRAINT ({_NAME}) FOREIGN KEY {_COLUMNS} REFERENCES {_TABLE}{_COLUMNS}"
    rf'(?: (?!NOT VALID|NOT ENFORCED)(?:"(?:[^"]|"")+"|[^\s";]+))*);'
)


@dataclass(frozen=True, slots=True)
class TableKeys:
    """Keys and indexes of one table, or none; `script` makes them."""

    table: str
    script: str


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key between two ordinary tables: `adding` adds it NOT VALID, `validating` looks at all rows."""

    table: str
    name: str
    adding: str

    @property
    def validating(self) -> str:
        return f"ALTER TABLE ONLY {self.table} VALIDATE CONSTRAINT {self.name}"


@dataclass(frozen=True, slots=True)
class PostData:
    """The section in its parts; all names are in the database's own quoting.

    Attributes:
        settings: what pg_dump sets before its first statement.
        keys: of each ordinary table.
        foreign_keys: between ordinary tables.
        rest: everything else, in order.
        event_triggers: those of the database, for the very end.
    """

    settings: str
    keys: tuple[TableKeys, ...]
    foreign_keys: tuple[ForeignKey, ...]
    rest: str
    event_triggers: str


def post_data(tools: Tools, dump: Path, tables: Set[str]) -> PostData:
    """Take the section of a dump apart.

    Args:
        tools: the programs to read the dump with.
        dump: the dump.
        tables: quoted names of the ordinary tables: those that hold rows themselves.
    """
    keys: dict[str, list[str]] = {table: [] for table in tables}
    foreign_keys: list[ForeignKey] = []
    taken: set[str] = set()
    settings, entries = _entries(tools, dump)
    for line, entry in entries:
        if (key := _FOREIGN_KEY_ENTRY.match(entry)) and {key[2], key[4]} <= tables:
            foreign_keys.append(ForeignKey(key[2], key[3], f"{key[1]} NOT VALID;\n"))
        elif (key := _KEY_ENTRY.match(entry)) and (table := key[1] or key[2]) in tables:
            keys[table].append(entry)
        else:
            continue
        taken.add(line)
    rest = section_script(tools, dump, "post-data", lambda line: not (line in taken or event_triggers.is_entry(line)))
    scripts = tuple(TableKeys(table, settings + "".join(each)) for table, each in keys.items())
    return PostData(settings, scripts, tuple(foreign_keys), rest, event_triggers.script(tools, dump))


def _entries(tools: Tools, dump: Path) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first key or index, and each with its line of the dump's list.

    None are given where one may need a definition that comes after the rows too, or where the script cannot be told
    apart for certain: a default or a condition may hold text that looks like the next entry.
    """
    lines = section_lines(tools, dump, "post-data")
    wanted = [line for line in lines if _KEY.match(line)]
    script = section_script(tools, dump, "post-data", set(wanted).__contains__)
    settings, *entries = _HEADER.split(script)
    if len(entries) != len(wanted) or any(map(_MOVED.match, lines)):
        return settings, []
    return settings, list(zip(wanted, entries, strict=True))
