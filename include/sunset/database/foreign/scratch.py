"""Databases on the sandbox's server that live for one run or one question, in UTF-8 and with the target's locale."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sunset.database.postgres import sandbox
from sunset.database.postgres.endpoint import Endpoint, read_only


@dataclass(frozen=True, slots=True)
class Scratch:
    """Makes and drops the databases of one source in one run.

    Attributes:
        product, source, run: they name the databases.
        server: the database to connect to for making others.
        like: the database whose encoding and locale they get.
        application: what the sessions call themselves.
    """

    product: str
    source: str
    run: str
    server: Endpoint
    like: Endpoint
    application: str

    def at(self, purpose: str) -> Endpoint:
        """Where the database of a purpose is, or will be."""
        return self.server.on(sandbox.database_name(purpose, self.product, self.source, self.run))

    def make(self, purpose: str) -> Endpoint:
        """Make it, empty; one left by a killed try is replaced."""
        with read_only(self.like, self.application) as like:
            return sandbox.create_database(self.server, self.at(purpose).database, like, self.application)

    def drop(self, purpose: str) -> None:
        """Drop it if it is there."""
        sandbox.drop_database(self.server, self.at(purpose).database, self.application)

    @contextmanager
    def database(self, purpose: str) -> Iterator[Endpoint]:
        """It, for as long as the block runs."""
        try:
            yield self.make(purpose)
        finally:
            self.drop(purpose)
