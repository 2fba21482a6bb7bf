"""Compares the facts of a source with the facts of its target. Pure: reads no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from sunset.errors import Refusal
from sunset.validation.facts import Facts, ObjectFact, SequenceFact, TableFact

Fact = TypeVar("Fact")

EXCERPT = 80
"""Characters of a definition that are shown on each side of a difference."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One fact that is not the same on both sides.

    Attributes:
        kind: what differs: `table` (missing or unexpected), `rows`, `quarantine`, `checksum`, `sequence`, or the kind
            of the object: `index`, `constraint`, `trigger`, `grant`, `view`, ...
        subject: the table, sequence or object, quoted as the database quotes it.
        detail: one sentence, without row values.
        source: what the source has, shortened; empty where it has nothing.
        target: what the target has, shortened; empty where it has nothing.
    """

    kind: str
    subject: str
    detail: str
    source: str = ""
    target: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.detail}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def compare(source: Facts, target: Facts) -> tuple[Difference, ...]:
    """Every difference between two sets of facts, sorted by kind, subject and detail.

    Raises:
        Refusal: one side holds two facts of one table, sequence or object.
    """
    found: list[Difference] = []
    for table, old_table, new_table in _pairs(source.tables, target.tables, lambda fact: ("table", fact.table)):
        found += _compare_tables(table[1], old_table, new_table)
    for key, old_sequence, new_sequence in _pairs(
        source.sequences, target.sequences, lambda fact: ("sequence", fact.sequence)
    ):
        found += _compare_sequences(key[1], old_sequence, new_sequence)
    for key, old, new in _pairs(source.objects, target.objects, lambda fact: (fact.kind, fact.identity)):
        found += _compare_objects(*key, old, new)
    # A table that is missing whole is missing as rows and as an object: one line says it.
    return tuple(sorted({(each.kind, each.subject, each.detail): each for each in reversed(found)}.values()))


def by_key(
    facts: Iterable[Fact], key_of: Callable[[Fact], tuple[str, str]], side: str
) -> Mapping[tuple[str, str], Fact]:
    """The facts of one side by kind and name.

    Raises:
        Refusal: two facts have one kind and name. Folding them would hide one.
    """
    found: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = key_of(fact)
        if key in found:
            raise Refusal(
                f"the {side}'s facts name this {key[0]} twice.",
                where=key[1],
                remedy="Measure the facts again; each table, sequence and object must be measured once.",
            )
        found[key] = fact
    return found


def _pairs(
    source: Iterable[Fact], target: Iterable[Fact], key_of: Callable[[Fact], tuple[str, str]]
) -> Iterable[tuple[tuple[str, str], Fact | None, Fact | None]]:
    old, new = by_key(source, key_of, "source"), by_key(target, key_of, "target")
    for key in sorted(old.keys() | new.keys()):
        yield key, old.get(key), new.get(key)


def _compare_tables(table: str, source: TableFact | None, target: TableFact | None) -> Iterable[Difference]:
    if source is None or target is None:
        yield _one_sided("table", table, source, target, lambda fact: f"{fact.rows} rows")
        return
    if source.rows != target.rows:
        detail = f"the source has {source.rows} rows, the target {target.rows}."
        yield Difference("rows", table, detail, str(source.rows), str(target.rows))
    if source.quarantined != target.quarantined:
        old, new = source.quarantined, target.quarantined
        detail = f"{old} rows of the source belong into quarantine, the target holds {new} there."
        yield Difference("quarantine", table, detail, str(old), str(new))
    if source.checksum != target.checksum:
        detail = "the checksums over all rows differ."
        yield Difference("checksum", table, detail, source.checksum, target.checksum)


def _compare_sequences(sequence: str, source: SequenceFact | None, target: SequenceFact | None) -> Iterable[Difference]:
    if source is None or target is None:
        yield _one_sided("sequence", sequence, source, target, lambda fact: f"next {fact.next_value}")
    elif source.next_value != target.next_value:
        detail = f"the source's next value is {source.next_value}, the target's {target.next_value}."
        yield Difference("sequence", sequence, detail, str(source.next_value), str(target.next_value))


def _compare_objects(
    kind: str, identity: str, source: ObjectFact | None, target: ObjectFact | None
) -> Iterable[Difference]:
    if source is None or target is None:
        yield _one_sided(kind, identity, source, target, lambda fact: fact.definition[:EXCERPT])
    elif source.definition != target.definition:
        place = _first_difference(source.definition, target.definition)
        line = source.definition.count("\n", 0, place) + 1
        column = place - (source.definition.rfind("\n", 0, place) + 1) + 1
        start = max(place - EXCERPT // 4, 0)
        yield Difference(
            kind,
            identity,
            f"the definitions differ from line {line}, character {column} on.",
            source.definition[start : start + EXCERPT],
            target.definition[start : start + EXCERPT],
        )


def _one_sided(
    kind: str, subject: str, source: Fact | None, target: Fact | None, shown: Callable[[Fact], str]
) -> Difference:
    detail = "missing on the target." if target is None else "unexpected: the source does not have it."
    return Difference(kind, subject, detail, shown(source) if source else "", shown(target) if target else "")


def _first_difference(one: str, other: str) -> int:
    """Index of the first character that differs; the shorter length where one begins with the other."""
    matching = (index for index, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(matching, min(len(one), len(other)))
