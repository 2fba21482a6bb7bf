"""Links behind an SFTP server that does not say where they lead, as one does that shows only a part of its disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from demo.ports import free_port
from demo.process import Process
from demo.services.sftp import SftpServer
from demo.services.ssh_keys import SshKeys
from services.retirement import connections
from sunset.files.entries import Entry
from sunset.spec.places import Place
from sunset.spec.sources import FileSource
from sunset_operators.file_places import FilePlaces, conn_ids_of

pytestmark = pytest.mark.integration

PART_OF_A_DISK = """
import asyncio, sys, asyncssh

async def serve(port, keys, root):
    server = await asyncssh.listen(
        "127.0.0.1",
        int(port),
        server_host_keys=[f"{keys}/host_key"],
        authorized_client_keys=f"{keys}/user_key.pub",
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root.encode()),
    )
    await server.wait_closed()

asyncio.run(serve(*sys.argv[1:]))
"""


def test_a_link_is_listed_wherever_it_leads(tmp_path: Path) -> None:
    root, keys, port = tmp_path / "root", SshKeys.make(tmp_path), free_port()
    (root / "letters").mkdir(parents=True)
    (root / "letters" / "one.txt").write_text("one")
    (root / "letters" / "out").symlink_to("/mnt/filer01")
    command = [sys.executable, "-c", PART_OF_A_DISK, str(port), str(tmp_path), str(root)]
    server = SftpServer("asyncssh", port, keys, Process.start(command, tmp_path / "log", cwd=tmp_path, env=os.environ))
    source = FileSource(
        name="letters", **{"from": Place(conn_id="old", path="/letters")}, to=Place(path=str(tmp_path / "kept"))
    )
    try:
        assert server.lets_in(), server.process.last_lines()
        with connections(tmp_path, old=server.connection):
            entries = list(FilePlaces(source, conn_ids_of(source)).origin().entries())
    finally:
        server.process.stop()
    assert [(entry.path, entry.kind) for entry in entries] == [("one.txt", "file"), ("out", "link")]
    assert entries[1] == Entry("out", "link")
