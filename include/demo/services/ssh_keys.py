"""The keys of an SSH server and of the one who logs in to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.private import write_private

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SshKeys:
    """Two pairs of keys in a folder: the server's and the user's."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> SshKeys:
        """Make both pairs, if they are not there yet."""
        import asyncssh

        keys = cls(folder)
        for path in (keys.host, keys.user):
            if not path.exists():
                pair = asyncssh.generate_private_key("ssh-ed25519")
                path.with_suffix(".pub").write_bytes(pair.export_public_key())
                write_private(path, pair.export_private_key().decode())
        return keys

    @property
    def host(self) -> Path:
        """The server's private key."""
        return self.folder / "host_key"

    @property
    def user(self) -> Path:
        """The private key of the one who logs in; its public half is what the server knows of them."""
        return self.folder / "user_key"

    @property
    def host_name(self) -> str:
        """The server's public key, as it stands in an Airflow connection or in known hosts."""
        return " ".join(self.host.with_suffix(".pub").read_text().split()[:2])

    def trust(self, host: str) -> None:
        """Write the server's key to the folder's known hosts, under the name that it is reached by."""
        (self.folder / "known_hosts").write_text(f"{host} {self.host_name}\n")
