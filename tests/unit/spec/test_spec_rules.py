"""Rules between the parts: what is named exists, names are unique, a connection has one role."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sunset.spec import Spec
from sunset.spec.rules import RUN_PARAMS, broken_rules

pytestmark = pytest.mark.unit


def broken(data: object) -> list[tuple[str, str]]:
    return [(".".join(map(str, rule.path)), rule.message) for rule in broken_rules(data)]


def database(name: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "conn_id": name, "target_conn_id": "target", "sandbox_conn_id": "sandbox"} | keys


def test_examples_break_none(complete_data: dict[str, Any], minimal_data: dict[str, Any]) -> None:
    assert broken(complete_data) == broken(minimal_data) == []


def test_some_names_are_taken(complete_data: dict[str, Any]) -> None:
    complete_data["sources"]["files"][0]["name"] = "archive"
    complete_data["product"] = "watch"
    assert [path for path, _ in broken(complete_data)] == ["product", "sources.files.0.name"]


def test_owner_is_a_person(complete_data: dict[str, Any]) -> None:
    complete_data["decision"]["risks"][0]["owner"] = "steward"
    assert broken(complete_data) == [("decision.risks.0.owner", 'names no person under people: "steward"')]


def test_check_runs_on_a_database(complete_data: dict[str, Any]) -> None:
    complete_data["validation"]["checks"][0]["source"] = "tickets"
    assert broken(complete_data) == [
        ("validation.checks.0.source", 'names no source under sources.databases: "tickets"')
    ]


def test_rule_matches_a_source(complete_data: dict[str, Any]) -> None:
    complete_data["dispositions"][0]["match"]["source"] = "tickets"
    assert broken(complete_data) == []
    complete_data["dispositions"][0]["match"]["source"] = "ticket"
    assert broken(complete_data) == [("dispositions.0.match.source", 'names no source: "ticket"')]


def test_source_names_are_unique_over_all_kinds(complete_data: dict[str, Any]) -> None:
    complete_data["sources"]["files"][0]["name"] = "crm"
    complete_data["sources"]["apis"][0]["name"] = "crm"
    assert broken(complete_data) == [
        ("sources.files.0.name", '"crm" is given twice'),
        ("sources.apis.0.name", '"crm" is given twice'),
    ]


def test_other_names_are_unique(complete_data: dict[str, Any]) -> None:
    complete_data["validation"]["checks"] *= 2
    complete_data["notices"]["audiences"] *= 2
    complete_data["sources"]["databases"][0]["schemas"] = ["public", "billing", "public"]
    assert [path for path, _ in broken(complete_data)] == [
        "validation.checks.1.name",
        "notices.audiences.2.name",
        "notices.audiences.3.name",
        "sources.databases.0.schemas.2",
    ]


@pytest.mark.parametrize(
    ("databases", "paths"),
    [
        ([database("a", schemas=["x"]), database("b", schemas=["y"])], []),
        ([database("a", sandbox_conn_id="target")], ["sources.databases.0.sandbox_conn_id"]),
        ([database("a", sandbox_conn_id="a")], ["sources.databases.0.sandbox_conn_id"]),
        ([database("a", read_conn_id="sandbox")], ["sources.databases.0.sandbox_conn_id"]),
        ([database("a", target_conn_id="a")], ["sources.databases.0.target_conn_id"]),
        (
            [database("a"), database("b", sandbox_conn_id="a", target_conn_id="other")],
            ["sources.databases.1.sandbox_conn_id"],
        ),
        ([database("a"), database("b", target_conn_id="a")], ["sources.databases.1.target_conn_id"]),
        ([database("a", target_conn_id="sandbox")], ["sources.databases.0.sandbox_conn_id"]),
    ],
)
def test_a_connection_has_one_role(databases: list[dict[str, Any]], paths: list[str]) -> None:
    assert [path for path, _ in broken({"sources": {"databases": databases}})] == paths


@pytest.mark.parametrize(
    ("one", "other", "broken_by_both"),
    [
        ([], [], True),
        (["x"], [], True),
        ([], ["x"], True),
        (["x", "y"], ["y"], True),
        (["x"], ["X"], False),
        (["x", "y"], ["z"], False),
    ],
)
def test_no_schema_comes_to_one_target_from_two_databases(
    one: list[str], other: list[str], broken_by_both: bool
) -> None:
    databases = [database("a", schemas=one), database("b", schemas=other)]
    said = [("sources.databases.1.target_conn_id", 'may bring the same schemas to the same target as "a"')]
    assert broken({"sources": {"databases": databases}}) == (said if broken_by_both else [])
    databases[1]["target_conn_id"] = "another"
    assert broken({"sources": {"databases": databases}}) == []


@pytest.mark.parametrize("jinja", ["{{ params.src }}", "{{params['src']}}", '{{ params["src"] }}_{{ var.value.x }}'])
def test_params_in_connection_ids_are_declared(complete_data: dict[str, Any], jinja: str) -> None:
    complete_data["sources"]["databases"][0]["conn_id"] = jinja
    complete_data["archive"]["conn_id"] = jinja
    message = "asks for params.src, which is not under params"
    assert broken(complete_data) == [("sources.databases.0.conn_id", message), ("archive.conn_id", message)]
    assert broken(complete_data | {"params": {"src": "crm_db"}}) == []


def test_bounds_of_a_replication_need_that_route(complete_data: dict[str, Any]) -> None:
    database = complete_data["sources"]["databases"][0]
    database |= {"replication": {"retained_wal_mb": 512}}
    assert broken(complete_data) == [("sources.databases.0.replication", "is for route: replicate alone")]
    database |= {"route": "replicate"}
    assert broken(complete_data) == []


@pytest.mark.parametrize("name", RUN_PARAMS)
def test_params_leave_the_form_alone(complete_data: dict[str, Any], name: str) -> None:
    assert broken(complete_data | {"params": {name: "execute"}}) == [
        (f"params.{name}", "is a field that every trigger form has")
    ]


@pytest.mark.parametrize(
    "data", [None, "text", [], {}, {"people": []}, {"sources": "x"}, {"sources": {"databases": {"a": "b"}}}]
)
def test_parts_of_the_wrong_shape_are_passed_over(data: object) -> None:
    assert broken(data) == []


def test_rules_hold_however_the_spec_is_made(complete: Spec, complete_data: dict[str, Any]) -> None:
    complete_data["decision"]["risks"][0]["owner"] = "steward"
    with pytest.raises(ValidationError) as refused:
        Spec.model_validate(complete_data)
    assert [error["loc"] for error in refused.value.errors()] == [("decision", "risks", 0, "owner")]
    fields = {name: getattr(complete, name) for name in Spec.model_fields}
    with pytest.raises(ValidationError, match="names no source"):
        Spec(**fields | {"validation": {"checks": [{"name": "a", "source": "b", "sql": "select 1"}]}})
