"""Views and checks in PostgreSQL's words, where sqlglot knows them and the names are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from sunset.database.foreign.model import CheckConstraint, Table, View
from sunset.database.foreign.names import address

if TYPE_CHECKING:
    from sqlglot.expressions import Expr, Identifier

_NUMBERS = {"integer", "decimal", "float"}


def view(
    namespace: str, name: str, definition: str, tables: Sequence[Table], views: Sequence[str], dialect: str
) -> View | None:
    """A view with its query in PostgreSQL's words; None where it is not understood.

    Args:
        namespace, name: of the view on the target.
        definition: the whole CREATE VIEW, or the query.
        tables, views: those of the same schema, whose names stand in the query in any case.
        dialect: sqlglot's name of the source's dialect.
    """
    from sqlglot import exp

    parsed = _parse(definition, dialect)
    query = parsed.expression if isinstance(parsed, exp.Create) else parsed
    if not isinstance(query, exp.Query) or list(query.find_all(exp.Anonymous, exp.Command)):
        return None
    relations = _spellings([*views, *(table.name for table in tables)])
    columns = _spellings([column.name for table in tables for column in table.columns])
    for identifier in query.find_all(exp.Identifier):
        identifier.set("quoted", True)
        if identifier.arg_key == "db":
            continue
        known = relations if _names_relation(identifier) else columns
        spelled = _spelled(identifier.name, known.get(identifier.name.lower(), {identifier.name}))
        if spelled is None:
            return None
        identifier.set("this", spelled)
    for relation in query.find_all(exp.Table):
        if relation.name.lower() in relations and not relation.db:
            relation.set("db", exp.to_identifier(namespace, quoted=True))
    return View(namespace, name, address(namespace, name), query.sql("postgres"))


def _spellings(names: Iterable[str]) -> dict[str, set[str]]:
    """Each name as it is really spelled, by its lower case: two may differ in nothing else."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for name in names:
        spellings[name.lower()].add(name)
    return spellings


def _spelled(name: str, spellings: Set[str]) -> str | None:
    """The spelling that is meant; None where it could be one of several."""
    if name in spellings:
        return name
    return next(iter(spellings)) if len(spellings) == 1 else None


def _names_relation(identifier: Identifier) -> bool:
    from sqlglot import exp

    above, part = identifier.parent, identifier.arg_key
    named = isinstance(above, exp.Table | exp.TableAlias) and part == "this"
    return named or (isinstance(above, exp.Column) and part == "table")


def checks(table: str, dialect: str) -> list[Expr]:
    """The conditions of all checks in a CREATE TABLE; none where it is not understood."""
    from sqlglot import exp

    parsed = _parse(table, dialect)
    return [node.this for node in parsed.find_all(exp.CheckColumnConstraint)] if isinstance(parsed, exp.Create) else []


def check(table: Table, condition: Expr) -> CheckConstraint | None:
    """A check over numbers alone or over text alone, whose meaning is the same everywhere; None for any other."""
    from sqlglot import exp

    joined = (exp.And, exp.Or, exp.Not, exp.Paren, exp.Neg, exp.Between, exp.In, exp.Is, exp.Null)
    compared = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Column, exp.Identifier, exp.Literal)
    if not all(isinstance(node, (*joined, *compared)) for node in condition.walk()):
        return None
    known = {column.name.lower(): column for column in table.columns}
    columns = [known.get(node.name.lower()) for node in condition.find_all(exp.Column)]
    forms = {column.form if column else None for column in columns}
    texts = {literal.is_string for literal in condition.find_all(exp.Literal)}
    if not (forms <= _NUMBERS and texts <= {False}) and not (forms <= {"text"} and texts <= {True}):
        return None
    _name(condition, {lower: column.name for lower, column in known.items()})
    return CheckConstraint("", condition.sql("postgres"))


def _name(parsed: Expr, names: Mapping[str, str]) -> None:
    from sqlglot import exp

    for identifier in parsed.find_all(exp.Identifier):
        identifier.set("this", names[identifier.name.lower()])
        identifier.set("quoted", True)


def _parse(text: str, dialect: str) -> Expr | None:
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.parse_one(text, read=dialect)
    except SqlglotError:
        return None
