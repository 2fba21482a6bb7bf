"""A client program of PostgreSQL at work on a server: ended when neither it nor the server gets on any more.

Like a session (`session.py`), with two differences: what passes on its connections is seen only by the server, and it
may be busy by itself for a while, so that it is given ten times as long.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

import psycopg

from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.database.postgres.session import stalled_after
from sunset.errors import SunsetError, Unavailable

_LONGER = 10
_GRACE_SECONDS = 5.0
_LOOK = """
    SELECT bool_or(a.state = 'active' AND coalesce(a.wait_event_type, '') <> 'Client'),
           string_agg((a.pid, a.state, a.wait_event, a.query_start, c.bytes_processed)::text, ' ' ORDER BY a.pid)
    FROM pg_stat_activity a LEFT JOIN pg_stat_progress_copy c USING (pid) WHERE a.application_name = %s
"""
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"


@dataclass(frozen=True, slots=True)
class Attended:
    """A program's run, found on the server by the name of its sessions."""

    server: Endpoint
    name: str

    def look(self) -> str | None:
        """What all its sessions stand still at; None while one is at work, or where the server does not say."""
        try:
            with connect(self.server, "sunset") as asking:
                at_work, standing = asking.execute(_LOOK, [self.name]).fetchone()  # type: ignore[misc]
        except psycopg.errors.UndefinedTable:  # before PostgreSQL 14
            return None
        except (psycopg.Error, SunsetError) as error:
            return f"the server does not answer ({type(error).__name__})"
        return None if at_work else f"its sessions stand still: {standing}"

    def end(self, program: subprocess.Popen[str]) -> None:
        """End the program, which ends its helpers, and its sessions."""
        program.terminate()
        try:
            program.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
        try:
            with connect(self.server, "sunset") as asking:
                asking.execute(_END, [self.name])
        except (psycopg.Error, SunsetError):  # it does not answer: its own keepalives will find out
            return


def run_attended(
    server: Endpoint, command: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a client program on a server to its end.

    Raises:
        Unavailable: it and the server waited for each other; the program was ended.
    """
    attended = Attended(server, f"sunset client {token_hex(8)}")
    program = subprocess.Popen(
        command,
        env={**environment, "PGAPPNAME": attended.name},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = None
    while True:
        try:
            said, complained = program.communicate(timeout=stalled_after() * _LONGER / 2)
        except subprocess.TimeoutExpired:
            before, seen = seen, attended.look()
            if seen is not None and seen == before:
                attended.end(program)
                raise Unavailable(
                    f"was ended: for {stalled_after() * _LONGER:g} s neither it nor the server got on; {seen}.",
                    where=command[0].rpartition("/")[2],
                    remedy="The task is tried again. Look at proxies and firewalls on the way to the server.",
                ) from None
        else:
            return subprocess.CompletedProcess(command, program.returncode, said, complained)
