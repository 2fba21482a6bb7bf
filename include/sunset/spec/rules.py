"""Rules between the parts of a spec: what is named exists, names are unique, a connection has one role.

They work on the plain data, so that a spec whose models do not build is judged whole all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sunset.spec.base import KeyPath
from sunset.spec.problems import nearest, shorten

RUN_PARAMS = ("mode", "reason", "sources", "run", "subject", "extent")
"""Fields that the trigger forms of a retirement and of a disposal have for every product."""

OWN_DAGS = ("watch", "hold")
"""What follows `sunset_` in the ids of the DAGs for all products."""

_KINDS = ("databases", "files", "apis")
_PARAM = re.compile(r"\bparams(?:\.|\[['\"])(\w+)")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A broken rule: the key, what is wrong with it, what to do instead."""

    path: KeyPath
    message: str
    suggestion: str = ""


def broken_rules(spec: object) -> Iterator[Complaint]:
    """All broken rules of a spec given as plain data; parts of the wrong shape are passed over."""
    yield from _reserved(spec)
    yield from _owners(spec)
    yield from _deciders(spec)
    yield from _gates(spec)
    yield from _sources_named(spec)
    yield from _doubles(spec)
    yield from _sandboxes(spec)
    yield from _shared_targets(spec)
    yield from _routes(spec)
    yield from _params(spec)


def _reserved(spec: object) -> Iterator[Complaint]:
    """Names that mean something else: those of the DAGs for all products, and of what a disposal may be of."""
    if _text(spec, "product") in OWN_DAGS:
        yield Complaint(
            ("product",), f'"{_text(spec, "product")}" is the name of a DAG for all products', "Choose another id."
        )
    for path, name in (each for kind in _KINDS for each in _names(spec, "sources", kind)):
        if name == "archive":
            yield Complaint(path, '"archive" is what a disposal calls the archive', "Choose another name.")


def _owners(spec: object) -> Iterator[Complaint]:
    people = _get(spec, "people")
    names = sorted(people) if isinstance(people, Mapping) else []
    for path, risk in _entries(spec, "decision", "risks"):
        yield from _unknown(path, risk, "owner", names, "person under people")


def _deciders(spec: object) -> Iterator[Complaint]:
    """Who decided on an asset is one of the people, and answers for data, for the product or for a gate."""
    people = _get(spec, "people")
    names = [name for name, person in people.items() if _decides(person)] if isinstance(people, Mapping) else []
    for path, rule in _entries(spec, "dispositions"):
        yield from _unknown(path, rule, "by", sorted(names), "steward, approver or sponsor under people")


def _decides(person: object) -> bool:
    roles = _get(person, "roles")
    return isinstance(roles, (list, tuple)) and not {"steward", "approver", "sponsor"}.isdisjoint(map(str, roles))


def _gates(spec: object) -> Iterator[Complaint]:
    """Different people approve a gate: the spec names as many as its gates ask for."""
    people, gates = _get(spec, "people"), _get(spec, "gates")
    if not (isinstance(people, Mapping) and isinstance(gates, Mapping)):
        return
    roles = [_get(person, "roles") for person in people.values()]
    approvers = sum(isinstance(each, (list, tuple)) and "approver" in each for each in roles)
    for gate, wanted in gates.items():
        if str(wanted).isdecimal() and int(wanted) > approvers > 0:
            message = f"asks for {int(wanted)} approvers, and {approvers} of the people have that role"
            yield Complaint(("gates", str(gate)), message, "Name another approver under people, or ask for fewer.")


def _sources_named(spec: object) -> Iterator[Complaint]:
    databases = [name for _, name in _names(spec, "sources", "databases")]
    everything = [name for kind in _KINDS for _, name in _names(spec, "sources", kind)]
    for path, check in _entries(spec, "validation", "checks"):
        yield from _unknown(path, check, "source", databases, "source under sources.databases")
    for path, rule in _entries(spec, "dispositions"):
        yield from _unknown((*path, "match"), _get(rule, "match"), "source", everything, "source")


def _unknown(path: KeyPath, node: object, key: str, known: list[str], what: str) -> Iterator[Complaint]:
    name = _text(node, key)
    if name is not None and name not in known:
        yield Complaint((*path, key), f'names no {what}: "{shorten(name)}"', nearest(name, known))


def _doubles(spec: object) -> Iterator[Complaint]:
    yield from _repeated([entry for kind in _KINDS for entry in _names(spec, "sources", kind)])
    yield from _repeated(_names(spec, "validation", "checks"))
    yield from _repeated(_names(spec, "notices", "audiences"))
    for path, database in _entries(spec, "sources", "databases"):
        schemas = _get(database, "schemas")
        if isinstance(schemas, (list, tuple)):
            yield from _repeated([((*path, "schemas", i), name) for i, name in enumerate(schemas)])


def _repeated(named: Sequence[tuple[KeyPath, object]]) -> Iterator[Complaint]:
    seen = set[str]()
    for path, name in named:
        if isinstance(name, str):
            if name in seen:
                yield Complaint(path, f'"{shorten(name)}" is given twice')
            seen.add(name)


def _sandboxes(spec: object) -> Iterator[Complaint]:
    """A sandbox is emptied after each round: it must be no one's source and no one's target."""
    databases, apis = _entries(spec, "sources", "databases"), _entries(spec, "sources", "apis")
    sources = {_text(database, key) for _, database in databases for key in ("conn_id", "read_conn_id")}
    targets = {_text(database, "target_conn_id") for _, database in databases}
    targets |= {_text(_get(api, "to"), "conn_id") for _, api in apis}
    for path, database in [*databases, *apis]:
        if _text(database, "sandbox_conn_id") in (sources | targets) - {None}:
            yield Complaint((*path, "sandbox_conn_id"), "is a source or a target too, and a sandbox is emptied")
        if _text(database, "target_conn_id") in sources - {None}:
            yield Complaint((*path, "target_conn_id"), "is a source too")


def _shared_targets(spec: object) -> Iterator[Complaint]:
    """Two databases may go to one target only side by side: no schema may come from both."""
    databases = _entries(spec, "sources", "databases")
    for index, (path, database) in enumerate(databases):
        for _, earlier in databases[:index]:
            target = _text(database, "target_conn_id")
            if target and target == _text(earlier, "target_conn_id") and _overlap(database, earlier):
                message = f'may bring the same schemas to the same target as "{shorten(_text(earlier, "name") or "")}"'
                remedy = "Give it another target, or give both schemas that differ."
                yield Complaint((*path, "target_conn_id"), message, remedy)


def _routes(spec: object) -> Iterator[Complaint]:
    """What bounds a replication is said where there is one."""
    for path, database in _entries(spec, "sources", "databases"):
        if _get(database, "replication") is not None and _text(database, "route") != "replicate":
            yield Complaint((*path, "replication"), "is for route: replicate alone", "Leave it out, or set the route.")


def _overlap(one: object, other: object) -> bool:
    mine, its = _get(one, "schemas") or (), _get(other, "schemas") or ()
    if not (isinstance(mine, (list, tuple)) and isinstance(its, (list, tuple))):
        return False
    return not mine or not its or any(name in its for name in mine)


def _params(spec: object) -> Iterator[Complaint]:
    given = _get(spec, "params")
    names = sorted(given) if isinstance(given, Mapping) else []
    for name in names:
        if name in RUN_PARAMS:
            yield Complaint(("params", name), "is a field that every trigger form has", "Choose another name.")
    for path, conn_id in _conn_ids(spec, ()):
        for name in _PARAM.findall(conn_id):
            if name not in names:
                message = f"asks for params.{shorten(name)}, which is not under params"
                yield Complaint(path, message, nearest(name, names))


def _conn_ids(node: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, (list, tuple)) else ()
    for key, value in items:
        if isinstance(value, str):
            if isinstance(key, str) and key.endswith("conn_id"):
                yield (*path, key), value
        else:
            yield from _conn_ids(value, (*path, key))


def _names(spec: object, *keys: str) -> list[tuple[KeyPath, str]]:
    named = [((*path, "name"), _text(entry, "name")) for path, entry in _entries(spec, *keys)]
    return [(path, name) for path, name in named if name is not None]


def _entries(spec: object, *keys: str) -> list[tuple[KeyPath, object]]:
    node = spec
    for key in keys:
        node = _get(node, key)
    return [((*keys, index), entry) for index, entry in enumerate(node)] if isinstance(node, (list, tuple)) else []


def _get(node: object, key: str) -> object:
    return node.get(key) if isinstance(node, Mapping) else None


def _text(node: object, key: str) -> str | None:
    value = _get(node, key)
    return value if isinstance(value, str) else None
