"""What the preflight says of extensions: they are made on the target anew, by their names."""

from __future__ import annotations

from collections.abc import Iterable

from sunset.database.postgres.places import Places
from sunset.engine import Finding

_INSTALLED = """
    SELECT extname::text, quote_ident(n.nspname), extversion
    FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace ORDER BY 1
"""
_MISSING = """
    SELECT e FROM unnest(%s::text[]) AS e
    WHERE NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = e) ORDER BY 1
"""


def extensions(places: Places) -> Iterable[Finding]:
    """Whether the source's extensions can be had, and the target has no others."""
    wanted = {name: schema for name, schema, _ in places.source.execute(_INSTALLED).fetchall()}
    for side, connection in (("target", places.target), ("sandbox", places.sandbox)):
        for (extension,) in connection.execute(_MISSING, [list(wanted)]).fetchall():
            message = f"the extension is not installed on the {side} server."
            yield Finding("error", "extension_missing", extension, message, "Install its package there.")
    for extension, schema, _ in places.target.execute(_INSTALLED).fetchall():
        if extension not in wanted:
            message = "the target has this extension and the source does not."
            remedy = "Drop it there, or create it on the source."
            yield Finding("error", "extension_unexpected", extension, message, remedy)
        elif schema != wanted[extension]:
            message = f"the target has it in the schema {schema}, the source in {wanted[extension]}."
            yield Finding("error", "extension_unexpected", extension, message, "Drop it there; the run makes it.")


# The version that is there, or that CREATE EXTENSION would make.
_OFFERED = "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = %s"


def extension_versions(places: Places) -> Iterable[Finding]:
    """Extensions that the target has or makes in another version than the source has."""
    for extension, _, version in places.source.execute(_INSTALLED).fetchall():
        offered = places.target.execute(_OFFERED, [extension]).fetchone()
        if offered and offered[0] != version:
            message = f"the source has version {version}, the target will have {offered[0]}."
            remedy = "Read its release notes, or ALTER EXTENSION ... UPDATE on the source first."
            yield Finding("warning", "extension_version", extension, message, remedy)
