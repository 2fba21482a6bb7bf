"""The longer queries of this engine, each in an .sql file of its own beside this one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> bytes:
    """The text of `<name>.sql`."""
    return files(__package__).joinpath(f"{name}.sql").read_bytes()
