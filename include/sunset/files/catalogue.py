"""What a listing holds, in a table of bounded size: kinds, suffixes, sizes, ages, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sunset.catalogue.dispositions import decide
from sunset.dossier.names import shown
from sunset.engine import Asset
from sunset.errors import Refusal
from sunset.files.entries import Entry
from sunset.spec.dispositions import Disposition, Rule

MOST_SUFFIXES = 100
SHOWN = 1000
_SUFFIX_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one file: `do` is None while no rule decides."""

    do: Disposition | None
    because: str
    rule: int | None


@dataclass(frozen=True, slots=True)
class Chooser:
    """Applies the spec's rules to files. A file's `name` is its own, its `schema` the folder that holds it."""

    source: str
    rules: Sequence[Rule]

    def choose(self, entry: Entry) -> Choice:
        """What becomes of a file.

        Raises:
            Refusal: a rule archives it; files are migrated or left where they are.
        """
        folder, _, name = entry.path.rpartition("/")
        (decision,) = decide([Asset(self.source, "file", folder, name, entry.path)], self.rules)
        if decision.do == "archive":
            raise Refusal(
                f"rule {decision.rule} says archive, but files are migrated or left out.",
                where=f"{self.source}: {shown(entry.path)}",
                remedy="Say migrate: the target of a file source is what keeps the files.",
            )
        return Choice(decision.do, decision.because, decision.rule)

    def migrated(self, entry: Entry) -> bool:
        """Whether an entry is to be carried: empty folders are, and files by their rule.

        Raises:
            Refusal: no rule decides.
        """
        if entry.kind != "file":
            return entry.kind == "folder"
        do = self.choose(entry).do
        if do is None:
            raise Refusal(
                "no rule decides what becomes of it.",
                where=f"{self.source}: {shown(entry.path)}",
                remedy="Add a rule to the spec that matches it.",
            )
        return do == "migrate"


@dataclass(slots=True)
class _Group:
    choice: Choice
    files: int = 0
    bytes: int = 0
    oldest: int = 2**63
    newest: int = 0

    def add(self, entry: Entry) -> None:
        self.files += 1
        self.bytes += entry.size
        self.oldest, self.newest = min(self.oldest, entry.mtime_ns), max(self.newest, entry.mtime_ns)

    def to_json(self, source: str, suffix: str) -> dict[str, Any]:
        name = f"*{suffix}" if suffix else "*"
        asset = Asset(source, "file", "", name, f"{source}/**/{name}", bytes=self.bytes)
        return {
            **asset.to_json(),
            "do": self.choice.do,
            "because": self.choice.because,
            "rule": self.choice.rule,
            "files": self.files,
            "oldest": _day(self.oldest),
            "newest": _day(self.newest),
        }


@dataclass(slots=True)
class Census:
    """Counts a listing while it goes by.

    Attributes:
        chooser: the spec's rules.
        files: number of files.
        bytes: their size in bytes.
        listed: number of entries of the other kinds, by kind.
        left: the first of what is listed and not carried: path, kind, and where a link leads.
        undecided: the first files that no rule decides.
    """

    chooser: Chooser
    files: int = 0
    bytes: int = 0
    listed: dict[str, int] = field(default_factory=dict)
    left: list[dict[str, str]] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    _groups: dict[tuple[str, int | None], _Group] = field(default_factory=dict)

    def watch(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        """The entries as they come, counted."""
        for entry in entries:
            if entry.kind == "file":
                self._count(entry)
            else:
                self.listed[entry.kind] = self.listed.get(entry.kind, 0) + 1
                if entry.kind != "folder" and len(self.left) < SHOWN:
                    self.left.append({"path": shown(entry.path), "kind": entry.kind, "link": shown(entry.link)})
            yield entry

    def to_json(self) -> dict[str, Any]:
        groups = sorted(self._groups.items(), key=lambda item: (item[0][0], item[0][1] or 0))
        return {
            "source": self.chooser.source,
            "assets": [group.to_json(self.chooser.source, suffix) for (suffix, _), group in groups],
            "undecided": self.undecided,
            "not_migrated": [],
            "files": self.files,
            "bytes": self.bytes,
            "listed": dict(sorted(self.listed.items())),
            "not_carried": sum(count for kind, count in self.listed.items() if kind != "folder"),
            "left": self.left,
        }

    def _count(self, entry: Entry) -> None:
        choice = self.chooser.choose(entry)
        self.files, self.bytes = self.files + 1, self.bytes + entry.size
        if choice.do is None and len(self.undecided) < SHOWN:
            self.undecided.append(shown(entry.path))
        key = (_suffix(entry.path), choice.rule)
        if key not in self._groups and len(self._groups) >= MOST_SUFFIXES:
            key = ("", choice.rule)
        self._groups.setdefault(key, _Group(choice)).add(entry)


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    known = dot and stem and suffix.isalnum() and suffix.isascii() and len(suffix) <= _SUFFIX_LENGTH
    return f".{suffix.lower()}" if known else ""


def _day(mtime_ns: int) -> str:
    return datetime.fromtimestamp(min(mtime_ns, 4 * 10**18) / 10**9, UTC).date().isoformat()
