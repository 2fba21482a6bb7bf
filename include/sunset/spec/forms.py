"""How values are written in a spec, and what Python makes of them.

The reader hands over every scalar as the text that was written, so a form is a pattern with a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from sunset.spec.base import complaint


def _nothing(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Form:
    """The written form of one kind of value.

    Attributes:
        words: what it is called; completes "must be ...".
        pattern: regular expression that the whole text matches.
        read: makes the value of the text; a ValueError, LookupError or OSError says that there is no such value.
        write: the one canonical text of a value; reading it again gives the same value.
        suggest: a sentence that names a legal text near an illegal one, or "".
    """

    words: str
    pattern: str
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    suggest: Callable[[str], str] = _nothing

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = re.compile(self.pattern)

        def validate(value: object) -> object:
            if not isinstance(value, str):
                if source is not str and isinstance(value, source):
                    return value
                raise complaint(f"must be {self.words}")
            if not written.fullmatch(value):
                raise complaint(f"must be {self.words}", self.suggest(value))
            try:
                return self.read(value)
            except (ValueError, LookupError, OSError) as error:
                raise complaint(f"must be {self.words}") from error

        return core_schema.no_info_plain_validator_function(
            validate, serialization=core_schema.plain_serializer_function_ser_schema(self.write, when_used="json")
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def read_duration(text: str) -> timedelta:
    """Duration of a text such as `1h30m`."""
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", text)))


def write_duration(duration: timedelta) -> str:
    """Shortest text of a duration in whole seconds."""
    left, parts = int(duration.total_seconds()), []
    for unit, seconds in _UNITS.items():
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def read_percent(text: str) -> Decimal:
    """Fraction of 1 of a text such as `0.1%`."""
    fraction = Decimal(text.removesuffix("%")) / 100
    if fraction > 1:
        raise ValueError(text)
    return fraction


def write_percent(fraction: Decimal) -> str:
    """Text of a fraction of 1, as percentage."""
    return f"{(fraction * 100).normalize():f}%"


def read_moment(text: str) -> datetime:
    """Instant in UTC of a text with date, time and offset."""
    return datetime.fromisoformat(text.replace(" ", "T")).astimezone(UTC)


def read_zone(text: str) -> str:
    """The name itself, if the time zone database has it."""
    return ZoneInfo(text).key


def read_cron(text: str) -> str:
    """The expression itself, if it is one."""
    from croniter import croniter  # type: ignore[import-untyped]

    if not croniter.is_valid(text):
        raise ValueError(text)
    return text


def clean_id(text: str) -> str:
    """The id that a name would have: lower case, every run of other characters one underscore."""
    return re.sub(r"[^a-z0-9_]+", "_", text.lower())


def _legal_id(text: str) -> str:
    legal = clean_id(text).strip("_")[:60]
    return f'Did you mean "{legal}"?' if legal[:1].isalpha() else ""


Text = Annotated[str, Form("text", r"(?s:\s*\S.*)")]
Line = Annotated[str, Form("one line of text, at most 250 characters", r"(?=\S).{0,249}\S")]
ProductId = Annotated[
    str,
    Form(
        'a lower-case letter, then at most 99 lower-case letters, digits or "_"',
        r"[a-z][a-z0-9_]{0,99}",
        suggest=_legal_id,
    ),
]
SourceName = Annotated[
    str,
    Form(
        'a lower-case letter, then at most 62 lower-case letters, digits or "_"',
        r"[a-z][a-z0-9_]{0,62}",
        suggest=_legal_id,
    ),
]
ParamName = SourceName
SchemaName = Annotated[str, Form("a schema's exact name, at most 63 characters", r"(?s:.{1,63})")]
UserId = Annotated[str, Form("an Airflow user id: one word, at most 250 characters", r"\S{1,250}")]
Email = Annotated[str, Form("an e-mail address", r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,185}")]
ConnId = Annotated[
    str,
    Form(
        "the id of an Airflow connection, or Jinja such as {{ params.source }}",
        r"[\w#!()\-.:/\\]{1,250}|(?=.{1,250}$).*\{\{.+\}\}.*",
    ),
]
Location = Annotated[
    str, Form("an absolute path or a URL such as s3://bucket/folder", r"(?:/|[a-z][a-z0-9+.\-]*://)[^\n]*")
]
Day = Annotated[date, Form("a date such as 2027-02-28", r"\d{4}-\d{2}-\d{2}", date.fromisoformat, date.isoformat)]
Moment = Annotated[
    datetime,
    Form(
        "a date and time with an offset, such as 2027-02-26T18:00:00+00:00",
        r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+\-]\d{2}:?\d{2})",
        read_moment,
        datetime.isoformat,
    ),
]
Duration = Annotated[
    timedelta,
    Form(
        "a duration such as 90s, 15m, 1h30m or 7d",
        r"(?=.)(?:\d{1,5}d)?(?:\d{1,5}h)?(?:\d{1,5}m)?(?:\d{1,5}s)?",
        read_duration,
        write_duration,
    ),
]
Percent = Annotated[
    Decimal,
    Form("a percentage from 0% to 100%, such as 0.1%", r"\d{1,3}(?:\.\d{1,6})?%", read_percent, write_percent),
]
Zone = Annotated[str, Form("a time zone such as Europe/Amsterdam", r"[A-Za-z0-9_+\-/]{1,64}", read_zone)]
Cron = Annotated[
    str,
    Form(
        'a cron expression of five fields such as "0 3 * * *"',
        r"\S+(?: +\S+){4}|@(?:hourly|daily|weekly|monthly|yearly)",
        read_cron,
    ),
]
