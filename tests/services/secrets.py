"""Looks for secrets: in files whatever they are packed in, in texts, and in the arguments of running programs."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

PASSWORD = "p@ss/w:rd%41"
VENDOR_NOTE = "S3cr3t-in-odd-key"
API_KEY = "K3y-in-query"
NEEDLES = sorted(
    {form for text in (PASSWORD, VENDOR_NOTE, API_KEY) for form in (text, quote(text, ""), quote_plus(text))}
)
assert "p%40ss%2Fw%3Ard%2541" in NEEDLES


def found_in(text: str | bytes) -> list[str]:
    """The secrets in a text."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return [needle for needle in NEEDLES if needle.encode() in data]


def found_below(*folders: Path) -> dict[str, list[str]]:
    """The secrets in files and in their names, by path; gzipped files are looked into."""
    hits = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        plain = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else b""
        if hit := found_in(str(path)) + found_in(data) + found_in(plain):
            hits[str(path)] = hit
    return hits


@dataclass
class Arguments:
    """Command lines that were seen, one for each distinct one."""

    seen: set[bytes] = field(default_factory=set)

    def of(self, program: str) -> list[bytes]:
        """Command lines of one program."""
        return [line for line in self.seen if program.encode() in line.split(b"\0")[0]]

    def secrets(self) -> list[str]:
        return found_in(b"\n".join(self.seen))


@contextmanager
def watched_arguments() -> Iterator[Arguments]:
    """Look at the arguments of every running process, again and again, while the block runs."""
    arguments, stopped = Arguments(), threading.Event()

    def watch() -> None:
        while not stopped.wait(0.01):
            arguments.seen.update(_command_lines())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield arguments
    finally:
        stopped.set()
        watcher.join()


def _command_lines() -> Iterable[bytes]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield (process / "cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            continue
