"""Headers with which the product's own API can tell its callers: `Sunset` (RFC 8594), `Deprecation` (RFC 9745)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from email.utils import format_datetime

from sunset.spec import Spec


def headers(spec: Spec) -> dict[str, str]:
    """Header values for every response of the API; `Deprecation` only where the spec says when it is announced."""
    announce, cutover = spec.timeline.announce, spec.timeline.cutover
    found = {"Sunset": format_datetime(cutover.astimezone(UTC), usegmt=True)}
    if announce:
        found["Deprecation"] = f"@{int(datetime.combine(announce, time(), UTC).timestamp())}"
    return found
