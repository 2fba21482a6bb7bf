"""Preflight: what would make the copy fail or fall short, found before anything is written.

Each check is a function that looks at one thing and returns findings; `error` stops the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sunset.database.postgres import preflight_servers as servers
from sunset.database.postgres import preflight_source as source
from sunset.database.postgres import replica
from sunset.database.postgres.places import Places
from sunset.engine import Finding

CHECKS: tuple[Callable[[Places], Iterable[Finding]], ...] = (
    servers.versions,
    source.schemas,
    source.readable,
    source.freezable,
    source.large_objects,
    source.not_carried,
    source.refilled,
    servers.roles,
    servers.extensions,
    servers.encoding,
    servers.target_taken,
    servers.target_writable,
    servers.sandbox_rights,
    servers.disk,
    source.shape,
    source.long_transactions,
    replica.findings,
)
_ORDER = {"error": 0, "warning": 1, "info": 2}


def preflight(places: Places) -> tuple[Finding, ...]:
    """All findings, errors first."""
    findings = [finding for check in CHECKS for finding in check(places)]
    return tuple(sorted(findings, key=lambda finding: (_ORDER[finding.severity], finding.code, finding.subject)))
