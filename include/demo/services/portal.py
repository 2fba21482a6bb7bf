"""The CRM's support portal on loopback: its ticket API in a process of its own."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demo.ports import LOOPBACK, free_port
from demo.process import Process
from demo.services.answers import answers
from demo.services.ticket_api import TOKEN
from sunset.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Portal:
    """A running API; `token` is made up anew for every demo."""

    port: int
    token: str = field(repr=False)
    process: Process

    @classmethod
    def start(cls, log: Path) -> Portal:
        """Start it.

        Raises:
            Unavailable: it did not start; the message ends with its log.
        """
        port, token = free_port(), secrets.token_urlsafe(24)
        command = [sys.executable, "-m", "demo.services.ticket_api", "--port", str(port)]
        process = Process.start(command, log, cwd=log.parent, env={**os.environ, TOKEN: token})
        portal = cls(port, token, process)
        if not answers(f"http://{LOOPBACK}:{port}/health", process):
            process.stop()
            raise Unavailable("The ticket API did not start.", where=str(log), remedy=process.last_lines())
        return portal

    @property
    def connection(self) -> dict[str, object]:
        """The fields of an Airflow connection that leads here."""
        return {"conn_type": "http", "host": LOOPBACK, "port": self.port, "password": self.token}
