"""The two ways to copy a tree with proof and manifest, each made of processes of its own."""

from __future__ import annotations

import getpass
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.files.servers import BUCKET, KEY, RCLONE, SECRET, Store
from benchmarks.pairs import Spent, process, together

from demo.services.sftp import SftpServer

JOBS = 8
ROOT = Path(__file__).resolve().parents[2]
_OURS = {"PYTHONPATH": f"{ROOT}:{ROOT / 'include'}"}


@dataclass(slots=True)
class Way:
    """From one tree to one store.

    Attributes:
        tree: the source's folder, on its machine.
        store: the target.
        server: the SFTP server that the source is behind; None for a local folder.
        work: what Sunset keeps between runs.
        turn: how often it began anew; each time under another prefix, so that no server mixes up what it remembers.
    """

    tree: Path
    store: Store
    server: SftpServer | None
    work: Path
    turn: int = 0

    def sunset(self, what: str) -> Spent:
        """Our process; what it does, `sunset_process` says."""
        source = f"sftp://{self.server.port}{self.tree}" if self.server else str(self.tree)
        command = [sys.executable, "-m", "benchmarks.files.sunset_process", what, self.work, str(JOBS), source]
        keys = (
            {"BENCH_HOST_KEY": self.server.keys.host_name, "BENCH_USER_KEY": str(self.server.keys.user)}
            if self.server
            else {}
        )
        return process([*command, self.store.url, f"{self.turn}/sunset/"], {**_OURS, **keys})

    def empty(self) -> None:
        """Begin anew, with nothing in the store."""
        shutil.rmtree(self.work, ignore_errors=True)
        with suppress(RuntimeError):  # there is nothing yet
            self._rclone("purge", f"store:{BUCKET}/{self.turn}")
        self.turn += 1

    def rclone_copy(self) -> Spent:
        return self._rclone("copy", self._source, self._target)

    def rclone_check(self, *options: str) -> Spent:
        return self._rclone("check", *options, self._source, self._target)

    def rclone_hashsum(self, *options: str) -> Spent:
        return self._rclone("hashsum", "sha256", *options, self._source, "--output-file", str(self.work) + ".sha256")

    def rclone(self) -> Spent:
        """Copy, check and manifest; what a server cannot hash is read from it."""
        if self.server:
            return together(self.rclone_copy(), self.rclone_check("--download"), self.rclone_hashsum("--download"))
        return together(self.rclone_copy(), self.rclone_check(), self.rclone_hashsum())

    @property
    def _source(self) -> str:
        return f"old:{self.tree}" if self.server else str(self.tree)

    @property
    def _target(self) -> str:
        return f"store:{BUCKET}/{self.turn}/rclone"

    def _rclone(self, *arguments: str) -> Spent:
        jobs = ["--transfers", str(JOBS), "--checkers", str(JOBS), "--config", "", "--quiet"]
        return process([RCLONE, *arguments, *jobs], self._remotes())

    def _remotes(self) -> dict[str, str]:
        store = {"TYPE": "s3", "PROVIDER": "Rclone", "ENDPOINT": self.store.url, "ACCESS_KEY_ID": KEY}
        remotes = {"STORE": {**store, "SECRET_ACCESS_KEY": SECRET}}
        if self.server:
            at = {"HOST": "127.0.0.1", "PORT": str(self.server.port), "USER": getpass.getuser()}
            remotes["OLD"] = {"TYPE": "sftp", **at, "KEY_FILE": str(self.server.keys.user), "SHELL_TYPE": "none"}
        return {
            f"RCLONE_CONFIG_{name}_{key}": value
            for name, settings in remotes.items()
            for key, value in settings.items()
        }
