"""The catalogue of a foreign source: what is carried, and what is not, with the reason."""

from __future__ import annotations

from sunset.database.foreign.model import Schema
from sunset.database.foreign.names import address
from sunset.engine import Asset


def discover(source: str, schema: Schema) -> tuple[Asset, ...]:
    """Every asset of the source, sorted by kind and address."""
    found = [
        Asset(source, "table", table.namespace, table.name, table.address, table.rows, table.bytes, table.comment)
        for table in schema.tables
    ]
    found += [Asset(source, "view", view.namespace, view.name, view.address) for view in schema.views]
    found += [
        Asset(
            source,
            thing.kind,
            thing.namespace,
            thing.name,
            address(thing.namespace, thing.name),
            not_carried=thing.because,
        )
        for thing in schema.not_carried
    ]
    return tuple(sorted(found, key=lambda asset: (asset.kind, asset.address)))
