"""Changes of the schema while the target follows: logical replication carries rows, no DDL."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from sunset.database.postgres.inventory import inventory
from sunset.database.postgres.replication.names import PREFIX
from sunset.database.postgres.scope import Scope
from sunset.errors import Refusal
from sunset.validation.facts import ObjectFact


def objects_of(source: psycopg.Connection, scope: Scope) -> tuple[ObjectFact, ...]:
    """Every object of the source's schemas with its definition, without the publication of a following."""
    found = inventory(source, scope.schemas, scope.excluded)
    return tuple(fact for fact in found if not (fact.kind == "publication" and fact.identity.startswith(PREFIX)))


def require_unchanged(before: Iterable[ObjectFact], source: psycopg.Connection, scope: Scope) -> None:
    """The source's objects are what they were when the target was made.

    Raises:
        Refusal: names what came, went or changed.
    """
    old = {(fact.kind, fact.identity): fact.definition for fact in before}
    new = {(fact.kind, fact.identity): fact.definition for fact in objects_of(source, scope)}
    changed = [f"{kind} {identity}" for (kind, identity), text in new.items() if old.get((kind, identity)) != text]
    gone = [f"{kind} {identity}" for kind, identity in old if (kind, identity) not in new]
    if names := sorted({*changed, *gone}):
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        raise Refusal(
            f"the schema was changed while the target followed: {', '.join(names[:5])}{more}.",
            where=f"{source.info.host}:{source.info.port}/{source.info.dbname}",
            remedy="Replication carries no DDL: empty the target and start a new run; keep the schema still meanwhile.",
        )
