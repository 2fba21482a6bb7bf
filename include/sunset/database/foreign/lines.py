"""Lines of COPY's text format, and the checksum over them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sunset.validation.facts import TableFact

NULL = "\\N"
BUFFER = 256 * 2**10
"""Bytes of lines that are written at once."""


def escaped(text: str) -> str:
    """A value as it stands in a line."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def line(values: Iterable[str | None]) -> bytes:
    """A line without its newline; the values are PostgreSQL's text of each, None for NULL."""
    return "\t".join(NULL if value is None else escaped(value) for value in values).encode()


@dataclass(slots=True)
class Tally:
    """Number of lines and the two sums of the halves of their MD5."""

    rows: int = 0
    high: int = 0
    low: int = 0

    def add(self, line: bytes) -> None:
        self.add_digest(hashlib.md5(line, usedforsecurity=False).digest())

    def add_all(self, lines: bytes) -> None:
        """Add thousands of whole lines, with their newlines, at less cost than one by one."""
        import numpy

        made = [hashlib.md5(line, usedforsecurity=False).digest() for line in lines[:-1].split(b"\n")]
        halves = numpy.frombuffer(b"".join(made), ">u8").astype("u8").reshape(-1, 2)
        high, low = halves.sum(axis=0)  # modulo 2^64, as unsigned integers of the machine are
        self.rows, self.high, self.low = self.rows + len(made), self.high + int(high), self.low + int(low)

    def add_digest(self, digest: bytes) -> None:
        self.rows += 1
        self.high += int.from_bytes(digest[:8])
        self.low += int.from_bytes(digest[8:])

    @property
    def sums(self) -> tuple[int, int]:
        return self.high % 2**64, self.low % 2**64

    @property
    def checksum(self) -> str:
        high, low = self.sums
        return f"{high:016x}{low:016x}"

    def fact(self, table: str) -> TableFact:
        return TableFact(table, self.rows, self.checksum)


def pass_on(lines: Iterable[bytes], write: Callable[[bytes], None], tally: Tally) -> None:
    """Write lines, given without their newlines, some hundred kilobytes at a time, and add them to the tally."""
    buffer = bytearray()
    for each in lines:
        tally.add(each)
        buffer += each + b"\n"
        if len(buffer) >= BUFFER:
            write(bytes(buffer))
            buffer.clear()
    if buffer:
        write(bytes(buffer))


def nowhere(_: object) -> None:
    """Takes what nobody wants."""
