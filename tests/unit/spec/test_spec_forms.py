"""How values are written: each form takes what it should, keeps it, and refuses its look-alikes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sunset.spec import forms

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (forms.Duration, "0s", timedelta(0)),
        (forms.Duration, "90s", timedelta(seconds=90)),
        (forms.Duration, "15m", timedelta(minutes=15)),
        (forms.Duration, "1h30m", timedelta(hours=1, minutes=30)),
        (forms.Duration, "7d", timedelta(days=7)),
        (forms.Percent, "0.1%", Decimal("0.001")),
        (forms.Percent, "100%", Decimal(1)),
        (forms.Percent, "0%", Decimal(0)),
        (forms.Day, "2027-02-28", date(2027, 2, 28)),
        (forms.Moment, "2027-02-26T18:00:00+00:00", datetime(2027, 2, 26, 18, tzinfo=UTC)),
        (forms.Moment, "2027-02-26 18:00Z", datetime(2027, 2, 26, 18, tzinfo=UTC)),
        (forms.Moment, "2027-02-26T18:00:00.5+02:00", datetime(2027, 2, 26, 16, 0, 0, 500_000, tzinfo=UTC)),
        (forms.Cron, "*/5 0-6 * * mon-fri", "*/5 0-6 * * mon-fri"),
        (forms.Cron, "@daily", "@daily"),
        (forms.Zone, "Europe/Amsterdam", "Europe/Amsterdam"),
        (forms.ConnId, "crm_db", "crm_db"),
        (forms.ConnId, "team/crm-db.v2", "team/crm-db.v2"),
        (forms.ConnId, "{{ params.src }}", "{{ params.src }}"),
        (forms.ConnId, "crm_{{ var.value.stage }}", "crm_{{ var.value.stage }}"),
        (forms.SchemaName, " Odd Schema{{ ds }}%s", " Odd Schema{{ ds }}%s"),
        (forms.Location, "/srv/archive", "/srv/archive"),
        (forms.Location, "s3://bucket/folder", "s3://bucket/folder"),
        (forms.Line, "no", "no"),
        (forms.Line, "表", "表"),
        (forms.UserId, "jane.doe@example.com", "jane.doe@example.com"),
    ],
)
def test_reads(form: Any, text: str, value: object) -> None:
    assert TypeAdapter(form).validate_python(text) == value


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (forms.Duration, "15"),
        (forms.Duration, ""),
        (forms.Duration, "15 m"),
        (forms.Duration, "-1h"),
        (forms.Duration, "1m1h"),
        (forms.Duration, "999999999999d"),
        (forms.Percent, "0.001"),
        (forms.Percent, "101%"),
        (forms.Percent, "-1%"),
        (forms.Percent, "1e1%"),
        (forms.Day, "2027-02-29"),
        (forms.Day, "20270228"),
        (forms.Day, "1e3"),
        (forms.Day, "1000"),
        (forms.Moment, "2027-02-26T18:00:00"),
        (forms.Moment, "2027-02-26"),
        (forms.Moment, "1772042400"),
        (forms.Moment, "2027-02-26T25:00:00Z"),
        (forms.Moment, "0001-01-01T00:00:00+14:00"),
        (forms.Cron, "0 3 * *"),
        (forms.Cron, "0 25 * * *"),
        (forms.Cron, "@once"),
        (forms.Cron, "daily"),
        (forms.Zone, "Europe/Amsterdm"),
        (forms.Zone, "Europe"),
        (forms.Zone, "../../etc/passwd"),
        (forms.Zone, "/etc/localtime"),
        (forms.ConnId, "crm db"),
        (forms.ConnId, "{{ }"),
        (forms.ConnId, "crm%db"),
        (forms.ConnId, "x" * 251),
        (forms.ConnId, ""),
        (forms.SchemaName, ""),
        (forms.SchemaName, "x" * 64),
        (forms.Location, "dossiers"),
        (forms.Location, "~/dossiers"),
        (forms.Location, "{{ params.path }}/x"),
        (forms.Line, ""),
        (forms.Line, "   "),
        (forms.Line, "two\nlines"),
        (forms.Text, " \n "),
        (forms.Email, "nobody"),
        (forms.Email, "a@b, c@d"),
        (forms.UserId, "two words"),
        (forms.ProductId, "Legacy"),
        (forms.ProductId, "legacy\n"),
        (forms.ProductId, "1crm"),
        (forms.ProductId, "a" * 101),
        (forms.SourceName, "a" * 64),
    ],
)
def test_refuses(form: Any, text: str) -> None:
    with pytest.raises(ValidationError, match="must be"):
        TypeAdapter(form).validate_python(text)


@pytest.mark.parametrize("value", [None, 3, 1.5, True, [], {}, b"crm"])
def test_only_text_is_read(value: object) -> None:
    for form in (forms.Line, forms.Day, forms.Duration, forms.Percent):
        with pytest.raises(ValidationError):
            TypeAdapter(form).validate_python(value)


@pytest.mark.parametrize(
    ("form", "text", "canonical"),
    [
        (forms.Duration, "90m", "1h30m"),
        (forms.Duration, "0m", "0s"),
        (forms.Duration, "86400s", "1d"),
        (forms.Percent, "0.100%", "0.1%"),
        (forms.Percent, "10%", "10%"),
        (forms.Percent, "100.0%", "100%"),
        (forms.Percent, "0.000001%", "0.000001%"),
        (forms.Moment, "2027-02-26T19:00:00+01:00", "2027-02-26T18:00:00+00:00"),
    ],
)
def test_writes_one_canonical_text(form: Any, text: str, canonical: str) -> None:
    adapter = TypeAdapter(form)
    value = adapter.validate_python(text)
    assert adapter.dump_python(value, mode="json") == canonical
    assert adapter.validate_python(canonical) == value
