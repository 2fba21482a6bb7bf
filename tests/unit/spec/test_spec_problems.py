"""Problems: all of a file at once, each with line, key and the nearest valid word."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from sunset.errors import SunsetError
from sunset.spec import SpecError, SpecProblem

pytestmark = pytest.mark.unit

ProblemsOf = Callable[[str | bytes], list[str]]


def test_one_line_says_it_all() -> None:
    problem = SpecProblem("bad.yaml", 12, 7, "sources.databases[0].tabels", "unknown key", 'Did you mean "tables"?')
    assert str(problem) == 'bad.yaml:12: sources.databases[0].tabels: unknown key. Did you mean "tables"?'


def test_names_cannot_break_the_line() -> None:
    problem = SpecProblem("a\nb.yaml", 1, 1, "", "holds \x1b[31m \udcff \u202e", "")
    assert str(problem) == "a\\nb.yaml:1: holds \\x1b[31m \\udcff \\u202e"


def test_error_carries_the_problems() -> None:
    problems = (SpecProblem("b.yaml", 2, 1, "title", "is required"), SpecProblem("a.yaml", 0, 0, "", "is empty"))
    error = SpecError(problems)
    assert isinstance(error, SunsetError)
    assert error.problems == problems
    assert error.where == "a.yaml, b.yaml"
    assert str(error) == "b.yaml:2: title: is required\na.yaml: is empty"
    assert pickle.loads(pickle.dumps(error)).problems == problems


def test_all_problems_of_a_file_at_once(problems_of: ProblemsOf) -> None:
    text = """\
product: helpdesk
titel: Help desk
decision:
  reason:
  risks:
    - {risk: r, likelihood: hihg, impact: high, mitigation: m, owner: ownr}
people:
  owner: {name: O, email: owner, roles: [aprover, approver], rolls: x}
timeline:
  freeze: 2027-02-26
  cutover: 2027-02-27T06:00:00Z
sources:
  databases:
    - name: desk
      conn_id: desk db
      target_conn_id: warehouse_db
      sandbox_conn_id: warehouse_db
      parallel: many
      tabels: [a]
  files: none
validation: {checks: [{name: c, source: dseks, sql: select 1}]}
archive: {path: s3://bucket/x, conn: s3}
"""
    assert problems_of(text) == [
        "bad.yaml:1: title: is required",
        'bad.yaml:2: titel: unknown key. Did you mean "title"?',
        "bad.yaml:4: decision.reason: has no value",
        'bad.yaml:6: decision.risks[0].likelihood: must be one of low, medium, high. Did you mean "high"?',
        'bad.yaml:6: decision.risks[0].owner: names no person under people: "ownr". Did you mean "owner"?',
        "bad.yaml:8: people.owner.email: must be an e-mail address",
        "bad.yaml:8: people.owner.roles[0]: must be one of sponsor, approver, steward, operator. "
        'Did you mean "approver"?',
        'bad.yaml:8: people.owner.rolls: unknown key. Did you mean "roles"?',
        "bad.yaml:9: timeline.retain_until: is required",
        "bad.yaml:10: timeline.freeze: must be a date and time with an offset, such as 2027-02-26T18:00:00+00:00",
        "bad.yaml:15: sources.databases[0].conn_id: must be the id of an Airflow connection, or Jinja such as "
        "{{ params.source }}",
        "bad.yaml:17: sources.databases[0].sandbox_conn_id: is a source or a target too, and a sandbox is emptied",
        "bad.yaml:18: sources.databases[0].parallel: must be a whole number",
        "bad.yaml:19: sources.databases[0].tabels: unknown key. Known here: name, conn_id, target_conn_id, "
        "sandbox_conn_id, schemas, route, read_conn_id, replication, pool, parallel, rows_per_second, "
        "statement_timeout, lock_timeout, zero_dates, types, quarantine.",
        "bad.yaml:20: sources.files: must be a list",
        'bad.yaml:21: validation.checks[0].source: names no source under sources.databases: "dseks". '
        'Did you mean "desk"?',
        'bad.yaml:22: archive.conn: unknown key. Did you mean "conn_id"?',
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("title: Help desk", "title: Help desk\nretries: many", "bad.yaml:3: retries: unknown key"),
        ("title: Help desk", "title: [a, b]", "bad.yaml:2: title: must be one line of text, at most 250 characters"),
        ("title: Help desk", "title:", "bad.yaml:2: title: has no value"),
        ("{reason: Nobody uses it any more}", "a reason", "bad.yaml:3: decision: must be a mapping"),
        ("{reason: Nobody uses it any more}", "[a]", "bad.yaml:3: decision: must be a mapping"),
        ("{path: /srv/archive}", "", "bad.yaml:10: archive: has no value"),
        (
            "  owner: {name",
            "  the owner: {name",
            'bad.yaml:5: people["the owner"]: must be an Airflow user id: one word, at most 250 characters',
        ),
        ("[approver]", "[]", "bad.yaml:5: people.owner.roles: must not be empty"),
        ("[approver]", "approver", "bad.yaml:5: people.owner.roles: must be a list"),
        ("sandbox_conn_id: s", "parallel: 33, sandbox_conn_id: s", "parallel: must be less than or equal to 32"),
        ("sandbox_conn_id: s", "parallel: 0, sandbox_conn_id: s", "parallel: must be greater than or equal to 1"),
        ("sandbox_conn_id: s", "parallel: 1e1, sandbox_conn_id: s", "parallel: must be a whole number"),
        ("sandbox_conn_id: s", "parallel: 2.5, sandbox_conn_id: s", "parallel: must be a whole number"),
        ("sandbox_conn_id: s", "route: copie, sandbox_conn_id: s", 'copy, replicate. Did you mean "copy"?'),
        ("    - {name: desk", "    - desk\n    - {name: desk", "sources.databases[0]: must be a mapping"),
        ("    - {name: desk", "    -\n    - {name: desk", "sources.databases[0]: has no value"),
    ],
)
def test_wrong_values(problems_of: ProblemsOf, minimal_text: str, old: str, new: str, problem: str) -> None:
    assert old in minimal_text
    (found,) = problems_of(minimal_text.replace(old, new))
    assert problem in found


@pytest.mark.parametrize(
    ("pagination", "problem"),
    [
        (
            "{kind: curser, param: a, next: b}",
            'pagination.kind: must be one of page, offset, cursor, next_url, link_header. Did you mean "cursor"?',
        ),
        ("{param: a, next: b}", "pagination.kind: is required"),
        (
            "{kind: cursor, param: a, next: b, cursor: c}",
            "pagination.cursor: unknown key. Known here: kind, param, next, more.",
        ),
        ("{kind: cursor, param: a, nxt: b}", 'pagination.nxt: unknown key. Did you mean "next"?'),
        ("{kind: page, start: x}", "pagination.start: must be a whole number"),
        ("cursor", "pagination: must be a mapping"),
    ],
)
def test_choices_by_kind(problems_of: ProblemsOf, complete_text: str, pagination: str, problem: str) -> None:
    text = complete_text.replace("{kind: cursor, param: after, next: meta.next}", pagination)
    assert any(f"bad.yaml:26: sources.apis[0].{problem}" == found for found in problems_of(text)), problems_of(text)


def test_refused_values_are_complained_about_once(problems_of: ProblemsOf, minimal_text: str) -> None:
    text = minimal_text.replace("conn_id: desk_db", "conn_id: *desk")
    assert problems_of(text) == [
        "bad.yaml:9: sources.databases[0].conn_id: refers to an anchor, and a spec has none. Write the value out."
    ]


def test_thousands_of_problems_stay_readable_and_quick(problems_of: ProblemsOf, minimal_text: str) -> None:
    found = problems_of(minimal_text + "".join(f"key_{n}: 1\n" for n in range(10_000)))
    assert len(found) == 101
    assert found[-1] == "bad.yaml:111: 9900 more problems from here on"


def test_long_names_are_cut(problems_of: ProblemsOf, minimal_text: str) -> None:
    found = problems_of(minimal_text + f"{'k' * 200_000}: 1\n")
    assert len(found) == 1
    assert len(found[0]) < 400
