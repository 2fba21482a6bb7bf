"""A shop with enough in it to be disturbed in the middle; one table has no key, and its doubles are real."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.kept import Kept

MORE = """
CREATE TABLE shop.ledger (id int PRIMARY KEY, entry text NOT NULL UNIQUE, customer bigint REFERENCES shop.customers);
INSERT INTO shop.ledger SELECT g, md5(g::text) || repeat('x', 80), 1 + g % 200 FROM generate_series(1, 30000) g;
CREATE INDEX ledger_customer ON shop.ledger (customer);
CREATE TABLE shop.doubles (n int, v text);
INSERT INTO shop.doubles SELECT g % 3, repeat('same', 20) FROM generate_series(1, 15000) g;
"""


@pytest.fixture(scope="session")
def kept(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    runs = Kept(pg_server.endpoint, tmp_path_factory.mktemp("kept-larger"), MORE)
    yield runs
    runs.drop_all()
