"""From the text in a spec to the value, and back to one canonical text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

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
