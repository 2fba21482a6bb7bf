"""Which answers may be others later, and how long a server asks to wait for them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

_PASSING = {408, 425, 429, 500, 502, 503, 504}
_RATE_LIMIT = ("X-RateLimit", "RateLimit", "X-Rate-Limit")
_A_MOMENT, _LONGEST_RESET = 10**9, 10
"""Resets of so many and more are seconds since 1970; digits that such a number has at most."""


def is_passing(response: httpx.Response) -> bool:
    """Whether the answer may be another one later: some servers say 403 where a rate limit is reached."""
    limited = "Retry-After" in response.headers or _used_up(response)
    return response.status_code in _PASSING or (response.status_code == httpx.codes.FORBIDDEN and limited)


def _used_up(response: httpx.Response) -> bool:
    return any(response.headers.get(f"{prefix}-Remaining", "").strip() == "0" for prefix in _RATE_LIMIT)


def asked_to_wait(response: httpx.Response) -> float | None:
    """Seconds to wait, from either form of Retry-After (RFC 9110, section 10.2.3), else until a rate limit ends."""
    header = response.headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return _until_reset(response)
    return _seconds_until(until if until.tzinfo else until.replace(tzinfo=UTC))


def _until_reset(response: httpx.Response) -> float | None:
    """Seconds until a used-up rate limit begins anew; servers name the moment, or the seconds from now."""
    resets = [response.headers.get(f"{prefix}-Reset", "").strip() for prefix in _RATE_LIMIT]
    named = [float(reset) for reset in resets if reset.isdecimal() and len(reset) <= _LONGEST_RESET]
    if not named or not _used_up(response):
        return None
    moment = named[0] >= _A_MOMENT
    return _seconds_until(datetime.fromtimestamp(named[0], UTC)) if moment else named[0]


def _seconds_until(moment: datetime) -> float:
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
