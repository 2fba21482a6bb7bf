"""A session whose peer falls silent: given up when the server is not at work for it, waited for when it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from services.cut_proxy import CutProxy, proxied
from services.places import run_sql
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.session import Session, stalled_after
from sunset.errors import Refusal, Unavailable

pytestmark = pytest.mark.integration

NAME = "watched"


def copy_out(session: Session) -> None:
    with session.cursor().copy("COPY public.t TO STDOUT") as rows:
        for _ in rows:
            pass


def copy_in(session: Session) -> None:
    with session.cursor().copy("COPY public.t FROM STDIN") as rows:
        for _ in range(2000):
            rows.write(b"x" * 1000 + b"\n")


def ask(session: Session) -> None:
    session.execute("SELECT v FROM public.t").fetchall()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNSET_STALLED_AFTER", "1")


@pytest.fixture
def filled(make_database: Callable[..., Endpoint]) -> Endpoint:
    database = make_database("silence")
    run_sql(database, "CREATE TABLE public.t AS SELECT repeat('x', 1000) AS v FROM generate_series(1, 2000)")
    return database


@contextmanager
def broken(endpoint: Endpoint, fault: str, times: int = 1) -> Iterator[tuple[Endpoint, CutProxy]]:
    with proxied(endpoint, fault, 200_000) as (there, proxy):  # type: ignore[arg-type]
        proxy.times = times
        yield there, proxy


def sessions(database: Endpoint) -> list[tuple[str, str]]:
    with connect(database, "tests") as link:
        query = "SELECT state, wait_event FROM pg_stat_activity WHERE application_name = %s"
        return link.execute(query, [NAME]).fetchall()


def wait_until_gone(database: Endpoint) -> None:
    end = time.monotonic() + 10
    while sessions(database):
        assert time.monotonic() < end, sessions(database)
        time.sleep(0.05)


@pytest.mark.parametrize("work", [copy_out, copy_in, ask])
def test_a_connection_that_swallows_everything_is_given_up(filled: Endpoint, work: Callable[[Session], None]) -> None:
    with broken(filled, "stall") as (there, proxy):
        with pytest.raises(psycopg.OperationalError, match="no byte came for 1 s"), connect(there, NAME) as session:
            work(session)
        assert proxy.broken == 1
        wait_until_gone(filled)  # while the proxy still holds the connection to it


@pytest.mark.parametrize("work", [copy_out, copy_in, ask])
def test_a_connection_that_is_cut(filled: Endpoint, work: Callable[[Session], None]) -> None:
    with broken(filled, "cut") as (there, _):
        with pytest.raises(psycopg.OperationalError), connect(there, NAME) as session:
            work(session)
        wait_until_gone(filled)


def test_a_server_at_work_is_waited_for(filled: Endpoint) -> None:
    with connect(filled, NAME) as session:
        assert session.execute("SELECT pg_sleep(2.5)").fetchall()


def test_a_server_that_waits_for_a_lock_is_waited_for(filled: Endpoint) -> None:
    with connect(filled, "tests") as other, other.transaction(), connect(filled, NAME) as session:
        other.execute("LOCK TABLE public.t")
        session.execute("SET lock_timeout = '2500ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            session.execute("SELECT count(*) FROM public.t")


def test_a_server_that_answers_nobody_any_more_is_given_up(filled: Endpoint) -> None:
    hurried = replace(filled, options={"connect_timeout": "2"})
    with proxied(hurried, "stall", 0) as (there, proxy), connect(there, NAME) as session:
        proxy.times = 100
        with pytest.raises(psycopg.OperationalError, match="the server does not answer"):
            ask(session)


def test_a_login_that_gets_no_answer_ends_in_time(filled: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sunset.database.postgres.session.BRIEF_SECONDS", 0.5)
    with proxied(filled, "stall", 700) as (there, proxy):  # the login passes, the answer behind it does not
        proxy.times = 100
        with pytest.raises(Unavailable, match="no connection: wait timeout expired"):
            connect(there, NAME)


@pytest.mark.parametrize("value", ["soon", "0", "-1", "1.5"])
def test_a_setting_that_is_no_time(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SUNSET_STALLED_AFTER", value)
    with pytest.raises(Refusal, match="SUNSET_STALLED_AFTER: is no number of seconds"):
        stalled_after()
