"""The models: what a spec says, what it may leave out, what it has to say."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from sunset.spec import Spec
from sunset.spec.dispositions import Match

pytestmark = pytest.mark.unit


def test_complete_example_says_what_was_written(complete: Spec) -> None:
    assert complete.product == "legacy_crm"
    assert complete.decision.scope.excluded == ("web analytics",)
    assert complete.decision.risks[0].owner == "data_steward"
    assert complete.people["crm_owner"].roles == ("sponsor", "approver")
    assert complete.timeline.announce == date(2026, 12, 1)
    assert complete.timeline.freeze == datetime(2027, 2, 26, 18, tzinfo=UTC)
    assert complete.notices.audiences[0].days_before_cutover == (60, 30, 7, 1)
    assert complete.sources.databases[0].schemas == ("public", "billing")
    assert complete.sources.files[0].from_.path == "/srv/crm/attachments"
    assert complete.sources.apis[0].pagination is not None
    assert complete.sources.apis[0].pagination.kind == "cursor"
    assert complete.dispositions[0].match == Match(kind="table", name="tmp_*")
    assert complete.rehearsal.schedule == "0 3 * * *"
    assert complete.validation.checks[0].source == "crm"
    assert complete.archive.path == "s3://crm-archive/dossiers"
    assert complete.alarms.stalled_after == timedelta(minutes=15)
    assert complete.alarms.error_rate == Decimal("0.001")


def test_minimal_example_gets_the_defaults(minimal_data: dict[str, Any]) -> None:
    spec = Spec.model_validate(minimal_data)
    database = spec.sources.databases[0]
    assert (database.schemas, database.route, database.parallel) == ((), "copy", 2)
    assert (database.pool, database.read_conn_id, database.rows_per_second) == (None, None, None)
    assert (database.statement_timeout, database.lock_timeout) == (timedelta(0), timedelta(seconds=30))
    assert (spec.rehearsal.schedule, spec.rehearsal.timezone, spec.rehearsal.mode) == (None, "UTC", "rehearse")
    assert spec.rehearsal.clean_rounds_required == 3
    assert (spec.dispositions, spec.validation.checks, spec.params, spec.notices.audiences) == ((), (), {}, ())
    assert spec.archive.conn_id is None


@pytest.mark.parametrize("key", ["product", "title", "decision", "people", "timeline", "sources", "archive"])
def test_required_keys(minimal_data: dict[str, Any], key: str) -> None:
    del minimal_data[key]
    with pytest.raises(ValidationError) as refused:
        Spec.model_validate(minimal_data)
    assert [(error["loc"], error["type"]) for error in refused.value.errors()] == [((key,), "missing")]


@pytest.mark.parametrize("key", ["freeze", "cutover", "retain_until"])
def test_required_dates(minimal_data: dict[str, Any], key: str) -> None:
    del minimal_data["timeline"][key]
    with pytest.raises(ValidationError) as refused:
        Spec.model_validate(minimal_data)
    assert [error["loc"] for error in refused.value.errors()] == [("timeline", key)]


def test_frozen(complete: Spec) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        complete.title = "Another"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        complete.sources.databases[0].conn_id = "another"  # type: ignore[misc]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda spec: pickle.loads(pickle.dumps(spec))])
def test_copies_are_equal(complete: Spec, again: Any) -> None:
    assert again(complete) == complete
    assert again(complete).digest == complete.digest


def test_plain_data_and_models_are_accepted_back(complete: Spec) -> None:
    assert Spec.model_validate(complete.normalised()) == complete
    assert Spec.model_validate(complete.model_dump(by_alias=True)) == complete


def test_python_names_of_aliased_keys_are_unknown_keys(complete_data: dict[str, Any]) -> None:
    complete_data["sources"]["files"][0]["from_"] = complete_data["sources"]["files"][0].pop("from")
    complete_data["dispositions"][0]["match"]["namespace"] = "public"
    with pytest.raises(ValidationError) as refused:
        Spec.model_validate(complete_data)
    unknown = [error["loc"][-1] for error in refused.value.errors() if error["type"] == "extra_forbidden"]
    assert unknown == ["from_", "namespace"]


@pytest.mark.parametrize(
    ("pagination", "kind"),
    [
        ({"kind": "page", "size_param": "per_page", "size": "50"}, "page"),
        ({"kind": "offset", "limit": "2", "total": "total"}, "offset"),
        ({"kind": "cursor", "param": "after", "next": "meta.next", "more": "has_more"}, "cursor"),
        ({"kind": "next_url", "next": "links.next"}, "next_url"),
        ({"kind": "link_header"}, "link_header"),
    ],
)
def test_kinds_of_pagination(complete_data: dict[str, Any], pagination: dict[str, str], kind: str) -> None:
    complete_data["sources"]["apis"][0]["pagination"] = pagination
    api = Spec.model_validate(complete_data).sources.apis[0]
    assert api.pagination is not None
    assert api.pagination.kind == kind


@pytest.mark.parametrize(
    ("dates", "key", "message"),
    [
        ({"cutover": "2027-02-26T18:00:00Z"}, "cutover", "must be after freeze"),
        ({"cutover": "2027-02-26T19:00:00+02:00"}, "cutover", "must be after freeze"),
        ({"retain_until": "2027-02-27"}, "retain_until", "must be after cutover"),
        ({"announce": "2027-02-27"}, "freeze", "must not be before announce"),
    ],
)
def test_order_of_dates(minimal_data: dict[str, Any], dates: dict[str, str], key: str, message: str) -> None:
    minimal_data["timeline"] |= dates
    with pytest.raises(ValidationError) as refused:
        Spec.model_validate(minimal_data)
    assert [(error["loc"], error["msg"]) for error in refused.value.errors()] == [(("timeline", key), message)]


def test_mail_needs_addresses(complete_data: dict[str, Any]) -> None:
    del complete_data["notices"]["audiences"][0]["to"]
    with pytest.raises(ValidationError, match="needs at least one address"):
        Spec.model_validate(complete_data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": {"owner": {"name": "O", "email": "o@example.com", "roles": ["sponsor"]}}}, "role approver"),
        ({"people": {}}, "role approver"),
        ({"sources": {}}, "at least one source"),
        ({"sources": {"databases": []}}, "at least one source"),
        ({"dispositions": [{"match": {}, "do": "destroy", "because": "all"}]}, "at least one key"),
        ({"dispositions": [{"match": {"kind": None}, "do": "destroy", "because": "all"}]}, "at least one key"),
    ],
)
def test_nothing_empty_where_something_is_needed(
    minimal_data: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        Spec.model_validate(minimal_data | change)
