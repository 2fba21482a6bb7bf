from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from demo.databases import DemoDatabases
from demo.legacy import load
from sunset.database.postgres.endpoint import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo.postgres import PostgresServer
    from sunset.database.postgres.endpoint import Endpoint

pytestmark = pytest.mark.integration

TABLES = """
    SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('public', 'billing') ORDER BY 1, 2
"""
# One line a trait that a retirement has to carry, each asked of the catalogue.
TRAITS = {
    "enum": "SELECT count(*) FROM pg_type WHERE typtype = 'e'",
    "domain": "SELECT count(*) FROM pg_type WHERE typtype = 'd' AND typname = 'email_address'",
    "partitioned table": "SELECT count(*) FROM pg_class WHERE relkind = 'p'",
    "rows in a default partition": "SELECT count(*) FROM ONLY public.events_rest",
    "empty partition": "SELECT 1 - count(*) FROM ONLY public.events_2026_11",
    "view": "SELECT count(*) FROM pg_views WHERE schemaname IN ('public', 'billing')",
    "materialised view": "SELECT count(*) FROM billing.revenue_by_month",
    "trigger that always fires": "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'A'",
    "disabled trigger": "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'",
    "function": "SELECT count(*) FROM pg_proc WHERE pronamespace = 'billing'::regnamespace",
    "generated column": "SELECT count(*) FROM pg_attribute WHERE attgenerated = 's'",
    "check": "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND conname = 'company_has_a_name'",
    "self-reference": "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid",
    "cycle": "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferred AND confrelid = 'users'::regclass",
    "partial index": "SELECT count(*) FROM pg_index WHERE indpred IS NOT NULL",
    "expression index": "SELECT count(*) FROM pg_index WHERE indexprs IS NOT NULL",
    "GIN index": "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%USING gin%'",
    "identity": "SELECT count(*) FROM pg_attribute WHERE attidentity = 'a'",
    "sequence with gaps": "SELECT last_value - 190000 FROM billing.invoice_number",
    "comment": "SELECT count(*) FROM pg_description WHERE objoid = 'customers'::regclass AND description LIKE '%''t %'",
    "column grant": "SELECT count(*) FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid = 'customers'::regclass",
    "bytes": "SELECT sum(length(content)) FROM public.documents",
    "doubled rows": "SELECT count(*) - count(DISTINCT a::text) FROM public.audit_log AS a",
    "empty table": "SELECT 1 - count(*) FROM public.legacy_faxes",
    "scratch table": "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'tmp_%'",
}


def contents(endpoint: Endpoint) -> dict[str, tuple[object, ...] | None]:
    checksum = sql.SQL("SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM ONLY {} AS t")
    with connect(endpoint, "test") as connection:
        tables = connection.execute(TABLES).fetchall()
        return {
            ".".join(table): connection.execute(checksum.format(sql.Identifier(*table))).fetchone() for table in tables
        }


@pytest.fixture(scope="module")
def crm(own_server: PostgresServer) -> Endpoint:
    databases = DemoDatabases(own_server.endpoint)
    databases.create()
    databases.load_legacy()
    databases.create()
    databases.load_legacy()  # finds everything there
    return databases.connections["crm_db"]


def test_crm_is_of_a_believable_size(crm: Endpoint) -> None:
    found = contents(crm)
    rows = sum(int(str(content[0])) for content in found.values() if content)
    assert 300_000 <= rows <= 350_000
    assert 20 <= len(found) <= 40


@pytest.mark.parametrize("trait", TRAITS)
def test_crm_has_what_real_products_have(crm: Endpoint, trait: str) -> None:
    with connect(crm, "test", {"search_path": "public"}) as connection:
        answer = connection.execute(TRAITS[trait].encode()).fetchone()
    assert answer is not None
    assert answer[0] > 0


def test_every_load_gives_the_same_rows(crm: Endpoint, make_database: Callable[..., Endpoint]) -> None:
    again = make_database("again")
    load("crm", again)
    assert contents(again) == contents(crm)


def test_no_row_points_nowhere(crm: Endpoint) -> None:
    pending = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
    with connect(crm, "test") as connection:
        for table, name in connection.execute(pending).fetchall():
            alter = sql.SQL("ALTER TABLE {} VALIDATE CONSTRAINT {}")
            with connection.transaction(force_rollback=True):
                connection.execute(alter.format(sql.SQL(table), sql.Identifier(name)))


def test_people_are_invented(crm: Endpoint) -> None:
    real_address = """
        SELECT count(*)
        FROM (SELECT email FROM customers UNION SELECT email FROM contacts UNION SELECT email FROM users)
        WHERE email NOT LIKE '%@example.com'
    """
    real_number = r"""
        SELECT count(*) FROM (SELECT phone FROM customers UNION SELECT phone FROM contacts)
        WHERE phone !~ '^\+(44 20 7946 0\d{3}|1 202 555 01\d{2}|44 7700 900\d{3})$'
    """
    with connect(crm, "test", {"search_path": "public"}) as connection:
        assert connection.execute(real_address).fetchone() == (0,)
        assert connection.execute(real_number).fetchone() == (0,)


def test_generator_leaves_nothing_of_itself(crm: Endpoint) -> None:
    with connect(crm, "test") as connection:
        assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'seed'").fetchone() == (0,)
