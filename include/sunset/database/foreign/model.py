"""A schema of a database that is not PostgreSQL, as it will stand in PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Form = Literal[
    "integer", "decimal", "float", "boolean", "text", "bytes", "bits", "date", "time", "timestamp", "uuid", "json"
]
"""How a value is written canonically: the one text that both databases give for it, in COPY lines and checksums."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: as the source spells it.
        native: the type in the source's own words.
        type: the PostgreSQL type that takes it, spelled as `types.spelled` spells it.
        form: its canonical form.
        nullable: whether the target may hold NULL.
        default: SQL of the default on the target; None for none.
        identity: the next value to hand out, where the source counts by itself; None where it does not.
        generated: SQL of the expression on the target; None for a column that is stored as data.
        comment: the source's comment.
    """

    name: str
    native: str
    type: str
    form: Form
    nullable: bool = True
    default: str | None = None
    identity: int | None = None
    generated: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """A key or an index over plain columns. `primary` implies `unique`."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    primary: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that must be found in another table; `parent` is its namespace and name."""

    name: str
    columns: tuple[str, ...]
    parent: tuple[str, str]
    parent_columns: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    initially_deferred: bool = False


@dataclass(frozen=True, slots=True)
class CheckConstraint:
    """A condition on each row, in PostgreSQL's words."""

    name: str
    condition: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        namespace: schema on the target.
        name: as the source spells it.
        address: quoted, qualified name on the target (`names.address`): its name in units, facts and the catalogue.
        rows, bytes: the source's own estimate.
    """

    namespace: str
    name: str
    address: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    rows: int | None = None
    bytes: int | None = None
    comment: str | None = None

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that are sent as data: all but the generated ones."""
        return tuple(column for column in self.columns if column.generated is None)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row: the primary key, else the narrowest unique index that is never NULL; or none."""
        required = {column.name for column in self.columns if not column.nullable}
        keys = [index for index in self.indexes if index.unique and required.issuperset(index.columns)]
        best = min(keys, key=lambda index: (not index.primary, len(index.columns), index.name), default=None)
        return best.columns if best else ()


@dataclass(frozen=True, slots=True)
class View:
    """A view whose text was translated; `definition` is the query in PostgreSQL's words."""

    namespace: str
    name: str
    address: str
    definition: str


@dataclass(frozen=True, slots=True)
class NotCarried:
    """Something of the source that the target does not get: it is in the catalogue, with the reason."""

    kind: str
    namespace: str
    name: str
    because: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that was found in a source."""

    tables: tuple[Table, ...]
    views: tuple[View, ...] = ()
    not_carried: tuple[NotCarried, ...] = ()

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The schemas that the target gets, sorted."""
        return tuple(sorted({table.namespace for table in self.tables} | {view.namespace for view in self.views}))

    def counting_like(self, other: Schema) -> Schema:
        """This schema, with the next values of another reading of the same source."""
        now = {(table.address, column.name): column.identity for table in other.tables for column in table.columns}
        return replace(
            self,
            tables=tuple(
                replace(
                    table,
                    columns=tuple(
                        replace(column, identity=now.get((table.address, column.name), column.identity))
                        for column in table.columns
                    ),
                )
                for table in self.tables
            ),
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Schema:
        return cls(
            tables=tuple(_table(table) for table in data["tables"]),
            views=tuple(View(**view) for view in data["views"]),
            not_carried=tuple(NotCarried(**thing) for thing in data["not_carried"]),
        )


def _table(data: dict[str, Any]) -> Table:
    return Table(
        **{
            **data,
            "columns": tuple(Column(**column) for column in data["columns"]),
            "indexes": tuple(Index(**{**index, "columns": tuple(index["columns"])}) for index in data["indexes"]),
            "foreign_keys": tuple(_foreign_key(key) for key in data["foreign_keys"]),
            "checks": tuple(CheckConstraint(**check) for check in data["checks"]),
        }
    )


def _foreign_key(data: dict[str, Any]) -> ForeignKey:
    lists = {name: tuple(data[name]) for name in ("columns", "parent", "parent_columns")}
    return ForeignKey(**{**data, **lists})
