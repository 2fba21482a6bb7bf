"""What every test can ask for. Servers start when the first test needs them, one of each per test process."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.airflow_home import enter

AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="sunset-airflow-"))
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
enter(AIRFLOW_HOME)  # Airflow reads its settings once, at import: before any test module is collected

from demo.postgres import THROWAWAY, PostgresServer  # noqa: E402
from services.databases import Databases  # noqa: E402
from services.kept import Kept, Scene  # noqa: E402
from services.object_store import ObjectStore, moto_store, rclone_store  # noqa: E402
from services.ssh_server import SshServer, ssh_server  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sunset.database.postgres.endpoint import Endpoint

KINDS = ("unit", "dags", "integration", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    unmarked = sorted({item.nodeid for item in items if not any(item.get_closest_marker(kind) for kind in KINDS)})
    if unmarked:
        raise pytest.UsageError(f"every test needs one of the markers {', '.join(KINDS)}: " + ", ".join(unmarked))
    items.sort(key=_longest_first)  # a worker that began with one at the end would be alone with it


def _longest_first(item: pytest.Item) -> float:
    """Those that say that they need longer than others come first; all others keep their order."""
    marker = item.get_closest_marker("timeout")
    return -float(marker.args[0]) if marker else 0.0


@pytest.fixture(scope="session")
def pg_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process; `pg_server.endpoint` is its superuser."""
    server = PostgresServer.start(tmp_path_factory.mktemp("postgres"), THROWAWAY)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL server for one test module, which may do with it as it likes."""
    server = PostgresServer.start(tmp_path_factory.mktemp("own-postgres"), THROWAWAY)
    yield server
    server.stop()


@pytest.fixture
def make_database(pg_server: PostgresServer) -> Iterator[Callable[..., Endpoint]]:
    """`make_database(label="db")` gives the endpoint of a new, empty database that is dropped after the test."""
    databases = Databases(pg_server.endpoint)
    yield databases.make
    databases.drop_all()


@pytest.fixture(scope="session")
def kept(pg_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Runs of the legacy shop of this test process, as far as its tests have needed them."""
    runs = Kept(pg_server.endpoint, tmp_path_factory.mktemp("kept"))
    yield runs
    runs.drop_all()


@pytest.fixture
def run_before(kept: Kept, tmp_path: Path) -> Iterator[Callable[[str], Scene]]:
    """`run_before("migrate.shop.copy")`: an execution of the shop that stands before that task, the test's own."""
    with ExitStack() as undo:
        yield lambda task_id: undo.enter_context(kept.before(task_id, tmp_path))


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """An S3 store of this test process; make a bucket of your own in it."""
    with moto_store() as store:
        yield store


@pytest.fixture(scope="session")
def other_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """An S3 store of another maker; make a bucket of your own in it."""
    with rclone_store(tmp_path_factory.mktemp("rclone")) as store:
        yield store


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """OpenSSH's server, for the user that runs the tests."""
    with ssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def airflow_home() -> Path:
    """The AIRFLOW_HOME of this test process, its metadata database migrated: what `dag.test()` needs."""
    migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
    done = subprocess.run(migrate, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return AIRFLOW_HOME
