"""The schema of a source of any kind, as SQLAlchemy's Inspector sees it, in PostgreSQL's types."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sunset.database.foreign.model import Column, ForeignKey, Index, NotCarried, Schema, Table
from sunset.database.foreign.names import address
from sunset.database.foreign.types import form_of
from sunset.database.general.defaults import default_of, is_none
from sunset.database.general.type_map import target_type

if TYPE_CHECKING:
    from sqlalchemy import Inspector


def reflect(inspector: Inspector, owner: str | None, namespace: str, names: Sequence[str]) -> Schema:
    """The tables of one schema of the source.

    Args:
        inspector: SQLAlchemy's, on an open session.
        owner: the source's own name of the schema; None for its default one.
        namespace: its name on the target.
        names: the tables.
    """
    tables, left = [], []
    for name in names:
        table, lost = _table(inspector, owner, namespace, name)
        tables.append(table)
        left += lost
    return Schema(tuple(tables), (), tuple(left))


def columns_of(
    inspector: Inspector, owner: str | None, namespace: str, table: str, key: Collection[str]
) -> tuple[tuple[Column, ...], list[NotCarried]]:
    """The columns of a table, and what of them is not carried; `key` are those of its primary key."""
    columns, left = [], []
    for reflected in inspector.get_columns(table, schema=owner):
        column = _column(reflected, inspector.dialect.name, key)
        columns.append(column)
        left += [NotCarried(kind, namespace, f"{table}.{column.name}", why) for kind, why in _lost(reflected, column)]
    return tuple(columns), left


def _table(inspector: Inspector, owner: str | None, namespace: str, name: str) -> tuple[Table, list[NotCarried]]:
    key = inspector.get_pk_constraint(name, schema=owner)
    columns, left = columns_of(inspector, owner, namespace, name, key["constrained_columns"])
    indexes = inspector.get_indexes(name, schema=owner)
    for index in indexes:
        if not _plain(index):
            because = f"an index of {name} over expressions or a part of the rows."
            left.append(NotCarried("index", namespace, str(index["name"]), because))
    table = Table(
        namespace=namespace,
        name=name,
        address=address(namespace, name),
        columns=columns,
        indexes=(*_primary(key), *_indexes(indexes, inspector.get_unique_constraints(name, schema=owner))),
        foreign_keys=tuple(_foreign_key(each, namespace) for each in inspector.get_foreign_keys(name, schema=owner)),
        comment=_comment(inspector, owner, name),
    )
    return table, left


def _column(reflected: Any, dialect: str, required: Collection[str]) -> Column:
    type_ = target_type(reflected["type"], dialect)
    column = Column(
        name=reflected["name"],
        native=_native(reflected["type"]),
        type=type_,
        form=form_of(type_),
        nullable=bool(reflected["nullable"]) and reflected["name"] not in required,
        comment=reflected.get("comment"),
    )
    return default_of(column, reflected.get("default"), dialect)


def _native(type_: Any) -> str:
    from sqlalchemy import exc

    try:
        return str(type_)
    except exc.CompileError:
        return type(type_).__name__


def _lost(reflected: Any, column: Column) -> Iterator[tuple[str, str]]:
    if reflected.get("computed"):
        yield "generated column", "its expression is not translated; its values are carried as data."
    elif reflected.get("identity"):
        yield "identity", "where it goes on counting is not known on this path; its values are carried."
    elif not is_none(reflected.get("default")) and column.default is None:
        yield "default", "its expression is not translated; the values are carried."


def _primary(key: Any) -> Iterator[Index]:
    if key["constrained_columns"]:
        yield Index(key.get("name") or "", tuple(key["constrained_columns"]), unique=True, primary=True)


def _indexes(indexes: Sequence[Any], constraints: Sequence[Any]) -> list[Index]:
    found = {
        index["name"]: Index(index["name"] or "", tuple(map(str, index["column_names"])), bool(index["unique"]))
        for index in indexes
        if _plain(index)
    }
    for unique in constraints:
        if not any(index.unique and index.columns == tuple(unique["column_names"]) for index in found.values()):
            name = unique["name"] or ""
            found[name or str(unique["column_names"])] = Index(name, tuple(unique["column_names"]), unique=True)
    return list(found.values())


def _plain(index: Any) -> bool:
    """Whether an index is over columns alone, and over all rows."""
    partial = any(name.endswith("_where") for name in index.get("dialect_options", {}))
    return not partial and not index.get("expressions") and None not in index["column_names"]


def _foreign_key(key: Any, namespace: str) -> ForeignKey:
    options = {name: str(value).upper() for name, value in key.get("options", {}).items()}
    return ForeignKey(
        name=key["name"] or "",
        columns=tuple(key["constrained_columns"]),
        parent=(key["referred_schema"] or namespace, key["referred_table"]),
        parent_columns=tuple(key["referred_columns"]),
        on_delete=options.get("ONDELETE", "NO ACTION"),
        on_update=options.get("ONUPDATE", "NO ACTION"),
        initially_deferred=options.get("INITIALLY") == "DEFERRED",
    )


def _comment(inspector: Inspector, owner: str | None, table: str) -> str | None:
    try:
        return inspector.get_table_comment(table, schema=owner)["text"]
    except NotImplementedError:
        return None
