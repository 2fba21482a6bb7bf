"""`python -m demo.services.sftp_server`: one folder behind SFTP, for whoever has the user's key, whatever their name.

asyncssh's own server: it runs wherever Python does, as any user.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

import asyncssh

from demo.services.ssh_keys import SshKeys


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder that every login starts in")
    parser.add_argument("--keys", type=Path, required=True, help="folder with the keys of both sides")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    keys = SshKeys(args.keys.resolve())
    os.chdir(args.root)
    asyncio.run(_serve(keys, args.host, args.port))


async def _serve(keys: SshKeys, host: str, port: int) -> None:
    server = await asyncssh.listen(
        host,
        port,
        server_host_keys=[str(keys.host)],
        authorized_client_keys=str(keys.user.with_suffix(".pub")),
        sftp_factory=True,
    )
    await server.wait_closed()


if __name__ == "__main__":
    main()
