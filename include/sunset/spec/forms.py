"""The kinds of values in a spec: how each is written and what Python makes of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from sunset.spec.conversions import (
    read_cron,
    read_duration,
    read_moment,
    read_percent,
    read_zone,
    write_duration,
    write_percent,
)
from sunset.spec.form import Form
from sunset.spec.ids import suggest_id

Text = Annotated[str, Form("text", "text", r"\s*\S[\s\S]*")]
Line = Annotated[str, Form("line", "one line of text, at most 250 characters", r"(?=\S).{0,249}\S")]
ProductId = Annotated[
    str,
    Form(
        "product id",
        'a lower-case letter, then at most 99 lower-case letters, digits or "_"',
        r"[a-z][a-z0-9_]{0,99}",
        suggest=suggest_id,
    ),
]
SourceName = Annotated[
    str,
    Form(
        "id",
        'a lower-case letter, then at most 62 lower-case letters, digits or "_"',
        r"[a-z][a-z0-9_]{0,62}",
        suggest=suggest_id,
    ),
]
ParamName = SourceName
SchemaName = Annotated[str, Form("schema name", "a schema's exact name, at most 63 characters", r"[\s\S]{1,63}")]
TableName = Annotated[
    str, Form("table name", "a schema and a table with a dot between them", r"[^.\s\"]{1,63}\.[^.\s\"]{1,63}")
]
ForeignType = Annotated[
    str,
    Form(
        "PostgreSQL type",
        "a type that gives every value back as it was sent, such as bigint, numeric(12,2), text, date or bytea",
        r"(?:smallint|integer|bigint|numeric(?:\(\d{1,4}, ?\d{1,4}\))?|double precision|boolean|text"
        r"|(?:varchar|character varying)\(\d{1,8}\)|bytea|bit\(\d{1,8}\)|date|time|timestamp|uuid|json)",
    ),
]
UserId = Annotated[str, Form("user id", "an Airflow user id: one word, at most 250 characters", r"\S{1,250}")]
Email = Annotated[str, Form("e-mail address", "an e-mail address", r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,185}")]
ConnId = Annotated[
    str,
    Form(
        "connection id",
        "the id of an Airflow connection, or Jinja such as {{ params.source }}",
        r"[\w#!()\-.:/\\]{1,250}|(?=.{1,250}$).*\{\{.+\}\}.*",
    ),
]
Location = Annotated[
    str, Form("location", "an absolute path or a URL such as s3://bucket/folder", r"(?:/|[a-z][a-z0-9+.\-]*://)[^\n]*")
]
Day = Annotated[
    date, Form("date", "a date such as 2027-02-28", r"\d{4}-\d{2}-\d{2}", date.fromisoformat, date.isoformat)
]
Moment = Annotated[
    datetime,
    Form(
        "date and time",
        "a date and time with an offset, such as 2027-02-26T18:00:00+00:00",
        r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+\-]\d{2}:?\d{2})",
        read_moment,
        datetime.isoformat,
    ),
]
Duration = Annotated[
    timedelta,
    Form(
        "duration",
        "a duration such as 90s, 15m, 1h30m or 7d",
        r"(?=.)(?:\d{1,5}d)?(?:\d{1,5}h)?(?:\d{1,5}m)?(?:\d{1,5}s)?",
        read_duration,
        write_duration,
    ),
]
Number = Annotated[
    Decimal,
    Form("number", "a number such as 0 or -12.50", r"-?\d{1,40}(\.\d{1,40})?", Decimal, "{:f}".format),
]
Percent = Annotated[
    Decimal,
    Form(
        "percentage",
        "a percentage from 0% to 100%, such as 0.1%",
        r"\d{1,3}(?:\.\d{1,6})?%",
        read_percent,
        write_percent,
    ),
]
Zone = Annotated[str, Form("time zone", "a time zone such as Europe/Amsterdam", r"[A-Za-z0-9_+\-/]{1,64}", read_zone)]
Cron = Annotated[
    str,
    Form(
        "cron expression",
        'a cron expression of five fields such as "0 3 * * *"',
        r"\S{1,100}(?: +\S{1,100}){4}|@(?:hourly|daily|weekly|monthly|yearly)",
        read_cron,
    ),
]
