"""Everything that has to stand before a product can be retired: servers, data, Airflow, people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo import airflow
from demo.api import AirflowApi
from demo.cast import Cast
from demo.databases import DemoDatabases
from demo.mail import CONN_ID, MailCatcher
from demo.ports import LOOPBACK, free_port
from demo.postgres import PostgresServer
from demo.services.crm import CrmServices
from demo.settings import METADATA, PRODUCTS, ROOT, Places, airflow_environment
from sunset.errors import Refusal
from sunset.spec import SpecError, load_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from demo.home import DemoHome
    from demo.process import Process
    from demo.screen import Screen
    from sunset.spec import Spec

_PREFERRED_PORT = 8080


@dataclass(frozen=True, slots=True)
class Venue:
    """A running Airflow with the demo's products in it."""

    address: str
    specs: Mapping[str, Spec]
    cast: Cast
    places: Places
    processes: Mapping[str, Process]
    mail: MailCatcher

    def sign_in(self, user: str) -> AirflowApi:
        """The API as one of the demo's people."""
        return AirflowApi(self.address, user, self.cast.passwords[user])

    def require_running(self) -> None:
        """Check that all of Airflow is still there.

        Raises:
            Unavailable: a part of it has ended.
        """
        airflow.require_running(self.processes)


def build(home: DemoHome, screen: Screen, undo: ExitStack) -> Venue:
    """Start everything; `undo` ends it again.

    Raises:
        SpecError: a product's spec is broken.
        Unavailable: a server did not start.
        Refusal: a DAG could not be read.
    """
    loaded = load_folder(PRODUCTS)
    if loaded.problems:
        raise SpecError(loaded.problems)
    specs = {spec.product: spec for spec in loaded.specs}
    cast = Cast.of(specs.values())
    places = Places.below(home)
    databases = _start_databases(home, screen, undo)
    services = CrmServices.start(home, places.logs, screen, undo)
    mail = MailCatcher.start(home.subfolder("mails"), undo)
    cast.write_passwords(places.airflow / "passwords.json")
    port = free_port(_PREFERRED_PORT)
    env = airflow_environment(port, databases, cast, places, {**services.connections, CONN_ID: mail.connection})
    screen.begin("Airflow")
    screen.update("creating its tables")
    airflow.migrate(env, ROOT)
    screen.update("starting its components")
    processes = airflow.start(env, places.logs, ROOT, undo)
    venue = Venue(f"http://{LOOPBACK}:{port}", specs, cast, places, processes, mail)
    wait_for_dags(venue)
    home.announce(venue.address)
    screen.done(venue.address)
    return venue


def _start_databases(home: DemoHome, screen: Screen, undo: ExitStack) -> DemoDatabases:
    screen.begin("PostgreSQL")
    server = PostgresServer.start(home.subfolder("postgres"))
    undo.callback(server.stop)
    screen.done(f"{server.endpoint.host}:{server.endpoint.port}")
    databases = DemoDatabases(server.endpoint)
    screen.begin("Legacy products")
    databases.create(METADATA)
    databases.load_legacy()
    screen.done("loaded")
    return databases


def wait_for_dags(venue: Venue) -> None:
    """Return once Airflow is healthy and knows the products' DAGs.

    Raises:
        Unavailable: it does not come to that.
        Refusal: a DAG could not be read.
    """
    api = venue.sign_in(next(iter(venue.cast.passwords)))
    wanted = {f"sunset_{product}" for product in venue.specs}

    def ready() -> bool:
        if errors := api.import_errors():
            raise Refusal("Airflow cannot read a DAG.", where=errors[0], remedy="Correct the file.")
        return wanted <= api.dag_ids()

    airflow.wait_until(api.healthy, venue.processes, "Airflow is not healthy.")
    airflow.wait_until(ready, venue.processes, "The products' DAGs did not appear.")
