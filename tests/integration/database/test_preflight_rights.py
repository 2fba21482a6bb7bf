"""What the preflight finds in the rights of logins that are no superusers, and on targets that are not empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from services.databases import Databases
from services.places import run_sql
from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.places import Places
from sunset.database.postgres.preflight import preflight
from sunset.database.postgres.scope import Scope

pytestmark = pytest.mark.integration

TABLES = """
CREATE TABLE public.secret (who text); INSERT INTO public.secret VALUES ('one'), ('two');
ALTER TABLE public.secret OWNER TO keeper;
ALTER TABLE public.secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.secret USING (who = current_user);
GRANT SELECT ON public.secret TO reader, auditor;
"""
ROLES = {"keeper": "CREATEDB", "reader": "CREATEDB", "auditor": "CREATEDB BYPASSRLS"}


@dataclass(frozen=True)
class Pair:
    source: Endpoint
    target: Endpoint
    folder: Path

    def errors(self, source: Endpoint, target: Endpoint) -> set[tuple[str, str]]:
        """Code and subject of each error of the preflight between two logins."""
        with read_only(source, "tests") as here, read_only(target, "tests") as there:
            findings = preflight(Places(here, here, there, there, Scope(), self.folder))
        return {(each.code, each.subject) for each in findings if each.severity == "error"}


@pytest.fixture(scope="module")
def pair(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    server, databases = pg_server.endpoint, Databases(pg_server.endpoint)
    for role, options in ROLES.items():
        run_sql(server, f"CREATE ROLE {role} LOGIN {options} PASSWORD '{server.password}'")
    made = Pair(databases.make("secured"), databases.make("target"), tmp_path_factory.mktemp("rights"))
    run_sql(made.source, TABLES)
    run_sql(server, f"GRANT ALL ON DATABASE {made.target.database} TO keeper, reader, auditor")
    yield made
    databases.drop_all()
    run_sql(server, *(f"DROP ROLE {role}" for role in ROLES))


@pytest.mark.parametrize(
    ("login", "forced", "hidden"),
    [
        ("keeper", False, False),
        ("keeper", True, True),
        ("reader", False, True),
        ("auditor", True, False),
        ("postgres", True, False),
    ],
)
@pytest.mark.parametrize("side", ["source", "target"])
def test_a_login_from_which_row_security_hides_rows(
    pair: Pair, side: str, login: str, forced: bool, hidden: bool
) -> None:
    run_sql(pair.source, f"ALTER TABLE public.secret {'' if forced else 'NO '}FORCE ROW LEVEL SECURITY")
    ends = {"source": pair.source, "target": pair.target}
    ends[side] = replace(ends[side], user=login)
    found = pair.errors(**ends)
    assert (("row_security", "public.secret") in found) is hidden
    if side == "source":
        assert found == ({("row_security", "public.secret")} if hidden else set())


@contextmanager
def held(database: Endpoint, making: str, dropping: str) -> Iterator[None]:
    run_sql(database, making)
    yield
    run_sql(database, dropping)


def test_logins_that_cannot_make_what_others_own(pair: Pair) -> None:
    run_sql(pair.source, "ALTER TABLE public.secret NO FORCE ROW LEVEL SECURITY")
    found = pair.errors(pair.source, replace(pair.target, user="auditor"))
    assert found == {("sandbox_rights", "keeper"), ("target_rights", "keeper")}
    with held(pair.target, "GRANT keeper TO auditor", "REVOKE keeper FROM auditor"):
        assert pair.errors(pair.source, replace(pair.target, user="auditor")) == set()


def test_a_publication_whose_owner_may_make_none_on_the_target(pair: Pair) -> None:
    revoked = f"REVOKE CREATE ON DATABASE {pair.target.database} FROM keeper"
    with (
        held(pair.source, "CREATE PUBLICATION news; ALTER PUBLICATION news OWNER TO keeper", "DROP PUBLICATION news"),
        held(pair.target, "GRANT keeper TO auditor", "REVOKE keeper FROM auditor"),
    ):
        login = replace(pair.target, user="auditor")
        assert pair.errors(pair.source, login) == set()
        with held(pair.target, revoked, revoked.replace("REVOKE", "GRANT").replace("FROM", "TO")):
            assert pair.errors(pair.source, login) == {("target_rights", "keeper")}


UNATTACHED = {
    "an event trigger": (
        "CREATE FUNCTION public.deaf() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.deaf()",
        "DROP EVENT TRIGGER e; DROP FUNCTION public.deaf()",
    ),
    "a publication": ("CREATE PUBLICATION p", "DROP PUBLICATION p"),
    "a foreign server": ("CREATE FOREIGN DATA WRAPPER w", "DROP FOREIGN DATA WRAPPER w"),
    "default privileges": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader",
        "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM reader",
    ),
}


@pytest.mark.parametrize("what", UNATTACHED)
def test_a_target_with_objects_of_its_own_outside_of_all_schemas(pair: Pair, what: str) -> None:
    making, dropping = UNATTACHED[what]
    with held(pair.target, making, dropping):
        assert ("target_not_empty", "target") in pair.errors(pair.source, pair.target)
    assert pair.errors(pair.source, pair.target) == set()


def test_an_extension_in_another_schema(pair: Pair) -> None:
    drop = "DROP EXTENSION hstore"
    with held(pair.source, "CREATE SCHEMA x; CREATE EXTENSION hstore SCHEMA x", f"{drop}; DROP SCHEMA x"):
        with held(pair.target, "CREATE EXTENSION hstore SCHEMA public", drop):
            assert pair.errors(pair.source, pair.target) == {("extension_unexpected", "hstore")}
        assert pair.errors(pair.source, pair.target) == set()


def test_partitions_by_the_hash_of_an_enum(pair: Pair) -> None:
    making = """
        CREATE TYPE public.mood AS ENUM ('a', 'b'); CREATE DOMAIN public.moods AS public.mood[];
        CREATE TYPE public.state AS (n int, mood public.moods);
        CREATE TABLE public.hashed (id int, s public.state) PARTITION BY HASH (id, s);
        CREATE TABLE public.listed (s public.mood) PARTITION BY LIST (s);
        CREATE TABLE public.by_text (s text) PARTITION BY HASH (s);
    """
    dropping = """
        DROP TABLE public.hashed, public.listed, public.by_text;
        DROP TYPE public.state; DROP TYPE public.mood CASCADE
    """
    with held(pair.source, making, dropping):
        assert pair.errors(pair.source, pair.target) == {("hashed_enum", "public.hashed")}
