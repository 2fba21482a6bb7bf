"""The servers of the demo's CRM: each is what the spec takes it for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.crm.attachments import LINKS, LITTER, ODD, Filled, fill
from demo.crm.tickets import tickets
from demo.services import sftp
from demo.services.objects import BUCKET, ObjectStore
from demo.services.portal import Portal
from demo.services.sftp import SftpServer
from demo.settings import PRODUCTS
from services import object_store
from services.retirement import connections
from sunset.files.catalogue import Chooser
from sunset.files.entries import Entry
from sunset.files.sftp import SftpTree
from sunset.spec import load_file
from sunset_operators.file_places import FilePlaces, conn_ids_of

pytestmark = pytest.mark.integration

(SPEC,) = load_file(PRODUCTS / "legacy_crm.yaml").specs
(ATTACHMENTS,) = SPEC.sources.files


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Filled]:
    """The folder that logins start in, with the attachments below it."""
    root = tmp_path_factory.mktemp("served")
    return root, fill(root / "attachments")


@pytest.fixture(params=["OpenSSH", "asyncssh"])
def tree(
    request: pytest.FixtureRequest, served: tuple[Path, Filled], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SftpTree]:
    """The attachments as the operators find them, behind either server."""
    if request.param == "asyncssh":
        monkeypatch.setattr(sftp, "_sshd", lambda: None)
    server = SftpServer.start(served[0], tmp_path)
    try:
        if server.maker != request.param:
            pytest.skip("needs OpenSSH's server (openssh-server), and an account that it lets in")
        with connections(tmp_path, crm_sftp=server.connection):
            origin = FilePlaces(ATTACHMENTS, conn_ids_of(ATTACHMENTS)).origin()
            assert isinstance(origin, SftpTree)
            yield origin
    finally:
        server.process.stop()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = Portal.start(tmp_path_factory.mktemp("portal") / "log")
    yield portal
    portal.process.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ObjectStore]:
    (tmp_path / "objects").mkdir()
    store = ObjectStore.start(tmp_path / "objects", tmp_path / "log")
    yield store
    store.process.stop()


def test_attachments_are_served_with_all_that_such_a_folder_gathers(
    tree: SftpTree, served: tuple[Path, Filled]
) -> None:
    entries = list(tree.entries())
    files = {entry.path: entry.size for entry in entries if entry.kind == "file"}
    assert (len(files), sum(files.values())) == (served[1].files, served[1].bytes)
    assert files.items() >= {path: len(content) for path, content in (ODD | LITTER).items()}.items()
    assert {entry.path: entry.link for entry in entries if entry.kind == "link"} == LINKS
    assert [entry.path for entry in entries if entry.kind == "folder"] == ["incoming/quarantine/"]
    with tree.reader() as reader:
        for path, content in ODD.items():
            with reader.open(path, 0) as file:
                assert file.read(len(content) + 1) == content


def test_a_server_of_the_machine_that_lets_nobody_in_is_left_alone(
    served: tuple[Path, Filled], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "_SSHD", f"{sftp._SSHD}DenyUsers *\n")
    server = SftpServer.start(served[0], tmp_path)
    server.process.stop()
    assert server.maker == "asyncssh"


def test_the_rules_of_the_spec_leave_out_the_litter_and_nothing_else(served: tuple[Path, Filled]) -> None:
    root, chooser = served[0] / "attachments", Chooser(ATTACHMENTS.name, SPEC.dispositions)
    files = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    left_out = {path for path in files if chooser.choose(Entry(path)).do == "destroy"}
    assert left_out == LITTER.keys()
    assert {chooser.choose(Entry(path)).do for path in set(files) - left_out} == {"migrate"}
    assert (root / ".htpasswd").stat().st_mode & 0o777 == 0


def test_every_filling_gives_the_same_files(served: tuple[Path, Filled], tmp_path: Path) -> None:
    assert fill(tmp_path) == served[1]
    for path in tmp_path.rglob("*.pdf"):
        assert path.read_bytes() == (served[0] / "attachments" / path.relative_to(tmp_path)).read_bytes()


def read_through(portal: Portal) -> tuple[list[dict[str, Any]], Counter[int]]:
    """Everything that the API has, and how often it answered with which status."""
    found: list[dict[str, Any]] = []
    statuses: Counter[int] = Counter()
    cursor: str | None = ""
    with httpx.Client(headers={"Authorization": f"Bearer {portal.token}"}) as client:
        while cursor is not None:
            answer = client.get(f"http://127.0.0.1:{portal.port}/v1/tickets", params={"after": cursor})
            statuses[answer.status_code] += 1
            if answer.is_success:
                found += answer.json()["data"]
                cursor = answer.json()["meta"]["next"]
            elif answer.status_code == 429:
                assert answer.headers["Retry-After"] == "1"
    return found, statuses


def test_the_api_has_its_moods_each_time_it_is_read_through(portal: Portal) -> None:
    for _ in range(2):
        found, statuses = read_through(portal)
        assert found == list(tickets())
        assert statuses == {200: len(tickets()) // 100, 429: 1, 500: 1}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer guess"}])
def test_the_api_wants_its_token(portal: Portal, header: dict[str, str]) -> None:
    answer = httpx.get(f"http://127.0.0.1:{portal.port}/v1/tickets", headers=header)
    assert answer.status_code == 401
    assert portal.token not in repr(portal)


def test_tickets_are_not_all_of_one_shape() -> None:
    assert min(ticket["id"] for ticket in tickets()) > 2**53
    assert len({ticket["id"] for ticket in tickets()}) == len(tickets())
    assert {"rating" in ticket for ticket in tickets()} == {True, False}
    assert {ticket["closed_at"] is None for ticket in tickets()} == {True, False}


def test_the_store_keeps_every_name_and_wants_its_keys(store: ObjectStore, tmp_path: Path) -> None:
    from botocore.exceptions import ClientError

    seen = object_store.ObjectStore(store.url, store.access_key, store.secret_key)
    client = seen.client()
    small = {path: content for path, content in ODD.items() if len(content) < 1000}
    for path, content in small.items():
        client.put_object(Bucket=BUCKET, Key=f"kept/{path}", Body=content)
    assert seen.objects(BUCKET, "kept/") == small
    assert all((tmp_path / "objects" / BUCKET / "kept" / path).read_bytes() == small[path] for path in small)
    stranger = object_store.ObjectStore(store.url, store.access_key, "guess").client()
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.list_objects_v2(Bucket=BUCKET)
    assert store.secret_key not in repr(store)
