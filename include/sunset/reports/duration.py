"""Seconds as people say them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """`under 0.1 s`, `0.4 s`, `12 min 5 s`, `3 h 20 min`, `40 d`."""
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    if minutes < 72 * 60:
        return f"{minutes // 60:,} h {minutes % 60} min"
    return f"{minutes // 1440:,} d"
