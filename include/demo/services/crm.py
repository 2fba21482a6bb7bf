"""What the CRM has besides its database: attachments behind SFTP, a portal with tickets; and the store they go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.crm.attachments import fill
from demo.crm.tickets import tickets
from demo.ports import LOOPBACK
from demo.services.objects import ObjectStore
from demo.services.portal import Portal
from demo.services.sftp import SftpServer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack
    from pathlib import Path

    from demo.home import DemoHome
    from demo.screen import Screen


@dataclass(frozen=True, slots=True)
class CrmServices:
    """Three running servers."""

    sftp: SftpServer
    portal: Portal
    store: ObjectStore

    @classmethod
    def start(cls, home: DemoHome, logs: Path, screen: Screen, undo: ExitStack) -> CrmServices:
        """Start them, filled; `undo` ends them.

        Raises:
            Unavailable: one of them did not start.
        """
        screen.begin("CRM, attachments")
        root = home.subfolder("sftp")
        attachments = fill(root / "attachments")
        sftp = SftpServer.start(root, home.subfolder("ssh"))
        undo.callback(sftp.process.stop)
        screen.done(f"{attachments} behind {sftp.maker}'s SFTP at {LOOPBACK}:{sftp.port}")
        screen.begin("CRM, support portal")
        portal = Portal.start(logs / "portal.log")
        undo.callback(portal.process.stop)
        screen.done(f"{len(tickets()):,} tickets behind http://{LOOPBACK}:{portal.port}/v1/tickets")
        screen.begin("Object store")
        store = ObjectStore.start(home.subfolder("objects"), logs / "objects.log")
        undo.callback(store.process.stop)
        screen.done(f"{store.url}, kept in {home.folder.name}/{store.folder.name}")
        return cls(sftp, portal, store)

    @property
    def connections(self) -> Mapping[str, Mapping[str, object]]:
        """The fields of the connections that lead here, by the ids that the spec uses."""
        return {
            "crm_sftp": self.sftp.connection,
            "crm_api": self.portal.connection,
            "archive_s3": self.store.connection,
        }
