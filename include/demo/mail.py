"""A mail server on loopback that delivers nothing: it keeps what it is given as files, to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from demo.ports import LOOPBACK, free_port

if TYPE_CHECKING:
    from contextlib import ExitStack
    from email.message import EmailMessage
    from pathlib import Path

    from sunset.spec import Spec

CONN_ID = "smtp_default"
SENDER = "sunset@example.com"


@dataclass(frozen=True, slots=True)
class MailCatcher:
    """A running catcher.

    Attributes:
        port: where it listens on loopback, without TLS.
        folder: its mails, `<number>.eml`, in the order in which they came.
    """

    port: int
    folder: Path

    @classmethod
    def start(cls, folder: Path, undo: ExitStack, port: int = 0) -> MailCatcher:
        """Start it in a thread of this process; `undo` stops it."""
        from aiosmtpd.controller import Controller

        catcher = cls(port or free_port(), folder)
        controller = Controller(_Keeper(folder), hostname=LOOPBACK, port=catcher.port)
        controller.start()
        undo.callback(controller.stop)
        return catcher

    @property
    def connection(self) -> dict[str, Any]:
        """The catcher as the fields of an Airflow connection."""
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": SENDER, "retry_limit": 0, "timeout": 10}
        return {"conn_type": "smtp", "host": LOOPBACK, "port": self.port, "extra": extra}

    @property
    def mails(self) -> list[EmailMessage]:
        """All that was caught."""
        files = sorted(self.folder.glob("*.eml"), key=lambda file: int(file.stem))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def missing(self, spec: Spec) -> tuple[str, ...]:
        """Addresses that the product should have written to by now, and did not."""
        wanted = [address for audience in spec.notices.audiences for address in audience.to]
        caught = [str(mail["To"]) for mail in self.mails if spec.title in str(mail["Subject"])]
        return tuple(address for address in wanted if caught.count(address) != 1)

    def summary(self) -> str:
        """How many mails were caught, and each in a line."""
        mails = self.mails
        lines = [f"  {'notices caught':<16} {len(mails)} mails in {self.folder}"]
        return "\n".join([*lines, *(f"  {'':<16} {mail['To']}: {mail['Subject']}" for mail in mails)])


@dataclass(frozen=True, slots=True)
class _Keeper:
    folder: Path

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        number = len(list(self.folder.glob("*.eml"))) + 1
        (self.folder / f"{number}.eml").write_bytes(envelope.content)
        return "250 kept"
