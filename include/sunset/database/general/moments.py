"""Days and times of the clock as PostgreSQL writes them: from text, held against the calendar, never clamped."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import lru_cache

from sunset.database.foreign.model import Column
from sunset.database.general.fitting import DoesNotFit, kind

_DAY = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
_DATE = re.compile(_DAY, re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)
_TIMESTAMP = re.compile(f"{_DAY}(?:[ T]{_CLOCK})?", re.ASCII)
_MICROSECONDS = 6


def date_encoder(_: Column) -> Callable[[object], str]:
    """Days, written `2024-02-29`."""

    def encode(value: object) -> str:
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            value = value.isoformat()
        return _day(_matched(_DATE, value, "date"))

    return encode


def time_encoder(_: Column) -> Callable[[object], str]:
    """Times of day, to the microsecond."""

    def encode(value: object) -> str:
        if isinstance(value, datetime.time) and value.tzinfo is None:
            value = value.isoformat()
        return _clock(_matched(_TIME, value, "time"))

    return encode


def timestamp_encoder(_: Column) -> Callable[[object], str]:
    """Days with a time, midnight where none is given; no time zone."""

    def encode(value: object) -> str:
        if isinstance(value, datetime.datetime) and value.tzinfo is None:
            value = value.isoformat(" ")
        match = _matched(_TIMESTAMP, value, "date and time")
        return f"{_day(match)} {_clock(match) if match['hour'] else '00:00:00'}"

    return encode


def _matched(pattern: re.Pattern[str], value: object, what: str) -> re.Match[str]:
    if not isinstance(value, str):
        raise DoesNotFit(f"{kind(value)} that is no {what}")
    match = pattern.fullmatch(value)
    if match is None:
        raise DoesNotFit(f"text that is no {what}")
    return match


def _day(match: re.Match[str]) -> str:
    if not _in_calendar(match["year"], match["month"], match["day"]):
        raise DoesNotFit("a day that is not in the calendar")
    return f"{match['year']}-{match['month']}-{match['day']}"


@lru_cache(maxsize=50_000)
def _in_calendar(year: str, month: str, day: str) -> bool:
    """Whether there is such a day; no value passes through Python's dates."""
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _clock(match: re.Match[str]) -> str:
    hour, minute, second = match["hour"], match["minute"], match["second"] or "00"
    fraction = (match["fraction"] or "").rstrip("0")
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        raise DoesNotFit("a time that is not on the clock")
    if len(fraction) > _MICROSECONDS:
        raise DoesNotFit("parts of a second below a microsecond")
    return f"{hour}:{minute}:{second}" + (f".{fraction}" if fraction else "")
