"""Preflight: what would make the copy fail or fall short, found before anything is written.

Each check is a function that looks at one thing and returns findings; `error` stops the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sunset.database.postgres import preflight_extensions as extensions
from sunset.database.postgres import preflight_load as load
from sunset.database.postgres import preflight_objects as objects
from sunset.database.postgres import preflight_rights as rights
from sunset.database.postgres import preflight_rows as rows
from sunset.database.postgres import preflight_servers as servers
from sunset.database.postgres import preflight_source as source
from sunset.database.postgres import preflight_text as text
from sunset.database.postgres import preflight_types as types
from sunset.database.postgres import replica
from sunset.database.postgres.estimates import estimates
from sunset.database.postgres.places import Places
from sunset.engine import Finding

CHECKS: tuple[Callable[[Places], Iterable[Finding]], ...] = (
    servers.versions,
    source.schemas,
    source.readable,
    source.freezable,
    source.large_objects,
    objects.left_behind,
    objects.unknown,
    objects.mapped_secrets,
    objects.secured,
    source.refilled,
    servers.roles,
    objects.memberships,
    extensions.extensions,
    extensions.extension_versions,
    servers.encoding,
    text.default_collation,
    text.collations,
    types.xml,
    types.money,
    types.at_risk,
    types.hashed_enums,
    servers.target_taken,
    servers.target_unattached,
    servers.target_writable,
    rights.owners,
    rights.publishers,
    rights.languages,
    rights.of_superusers,
    servers.sandbox_rights,
    servers.disk,
    source.shape,
    source.long_transactions,
    load.prepared_transactions,
    load.slots,
    replica.findings,
)
READING: tuple[Callable[[Places], Iterable[Finding]], ...] = (text.unreadable_text, rows.broken_rules, estimates)
"""Checks that read the rows, and so only those of a source that lets itself be read."""

_UNREADABLE = {"schema_missing", "not_readable", "row_security", "not_a_replica", "unlogged_on_replica"}
_ORDER = {"error": 0, "warning": 1, "info": 2}


def preflight(places: Places) -> tuple[Finding, ...]:
    """All findings, errors first."""
    findings = [finding for check in CHECKS for finding in check(places)]
    if not any(finding.code in _UNREADABLE for finding in findings):
        findings += [finding for check in READING for finding in check(places)]
    return tuple(sorted(findings, key=lambda finding: (_ORDER[finding.severity], finding.code, finding.subject)))
