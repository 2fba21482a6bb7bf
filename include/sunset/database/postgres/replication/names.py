"""The one name that publication, slot and subscription of a source share."""

from __future__ import annotations

from sunset.database.postgres.sandbox import database_name

PREFIX = "sunset_follow_"


def replication_name(product: str, source: str, run: str) -> str:
    """The same on every machine and try; a slot's name knows lower-case letters, digits and underscores only."""
    return database_name("follow", product, source, run)
