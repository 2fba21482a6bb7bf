"""What an engine tells of each asset beyond its name and size: who owns it, when it was used, what is in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sunset.catalogue.sensitivity.model import ColumnSample

Code = Literal[
    "orphans", "doubles", "same_content", "null_in_key", "no_key", "invalid_index", "not_validated", "not_checked"
]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a source is looked at.

    Attributes:
        rows: rows of a table that are sampled.
        characters: characters of one value.
        seconds: time for all samples of a source, and again for all that is looked at for its integrity.
        whole_bytes: the largest table that is read whole, to find doubles.
    """

    rows: int = 200
    characters: int = 2000
    seconds: float = 60.0
    whole_bytes: int = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the source itself knows of an asset.

    Attributes:
        owner: account that owns it there; empty where there are no owners.
        last_write: not written to after this instant (ISO 8601, UTC); None where the source does not know.
        last_read: last read at this instant; None likewise. Sunset's own reading counts as one.
        referred_by: number of tables and views that refer to it.
        part_of: address of the table whose partition it is.
        writes: changes of rows that the source has counted so far; None where it counts none.
    """

    owner: str = ""
    last_write: str | None = None
    last_read: str | None = None
    referred_by: int = 0
    part_of: str = ""
    writes: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is wrong with an asset, or odd about it.

    Attributes:
        code: `orphans`, `doubles`, `same_content`, `null_in_key`, `no_key`, `invalid_index`, `not_validated`; and
            `not_checked` where rows were not looked at.
        message: what exactly, without a value.
        rows: number of rows or files that it is about.
    """

    code: Code
    message: str
    rows: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One asset, looked at.

    Attributes:
        address: as in its `Asset`.
        particulars: what the source knows of it.
        remarks: what is wrong with it.
        columns: a sample of its values, to be judged and forgotten; empty where it holds no rows of its own.
        rows_seen: number of rows in the sample.
        unseen: why it was not sampled, though it holds rows; empty where it was.
    """

    address: str
    particulars: Particulars = Particulars()
    remarks: tuple[Remark, ...] = ()
    columns: tuple[ColumnSample, ...] = ()
    rows_seen: int = 0
    unseen: str = ""

    @property
    def holds_rows(self) -> bool:
        return bool(self.columns or self.unseen)
