"""What a listing holds, in a table of bounded size: groups of files, sizes, ages, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sunset.catalogue.dispositions import Decision, Subject, decide
from sunset.catalogue.importance import importance
from sunset.catalogue.obsolescence import LONG_DAYS, by_name
from sunset.catalogue.sensitivity.model import Sensitivity
from sunset.catalogue.survey import Particulars
from sunset.dossier.names import shown
from sunset.engine import Asset
from sunset.errors import Refusal
from sunset.files.entries import Entry
from sunset.files.groups import Group, Known, group_of, room_for
from sunset.spec.dispositions import Rule

SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Chooser:
    """Applies the spec's rules to files. A file's `name` is its own, its `schema` the folder that holds it."""

    source: str
    rules: Sequence[Rule]
    known: Known = field(default_factory=Known)

    def choose(self, entry: Entry) -> Decision:
        """What becomes of a file.

        Raises:
            Refusal: a rule archives it; files are migrated or left where they are.
        """
        folder, _, name = entry.path.rpartition("/")
        asset = Asset(self.source, "file", folder, name, entry.path, bytes=entry.size)
        as_of = self.known.as_of
        subject = Subject(asset, self.known.of(entry.path), day(entry.mtime_ns) if as_of else None)
        decision = decide(subject, self.rules, as_of or date.min)
        if decision.do == "archive":
            raise Refusal(
                f"rule {decision.rule} says archive, but files are migrated or left out.",
                where=f"{self.source}: {shown(entry.path)}",
                remedy="Say migrate: the target of a file source is what keeps the files.",
            )
        return decision

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
class _Files:
    """The files of a group for which one rule decides."""

    decision: Decision
    files: int = 0
    bytes: int = 0
    oldest: int = 2**63
    newest: int = 0
    set_aside: int = 0
    old: int = 0

    def add(self, entry: Entry, as_of: date | None) -> None:
        self.files += 1
        self.bytes += entry.size
        self.oldest, self.newest = min(self.oldest, entry.mtime_ns), max(self.newest, entry.mtime_ns)
        self.set_aside += by_name(entry.path.rpartition("/")[2]) != ""
        self.old += as_of is not None and (as_of - day(entry.mtime_ns)).days > LONG_DAYS

    def to_json(self, group: Group, total: int, as_of: date | None) -> dict[str, Any]:
        folder, suffix = group
        name, source = f"*{suffix}" if suffix else "*", self.decision.asset.source
        asset = Asset(source, "file", folder, name, f"{source}/{folder or '.'}/**/{name}", bytes=self.bytes)
        obsolete = self._obsolete()
        wholly = obsolete if self.files in (self.set_aside, self.old) else ()
        particulars = Particulars(last_write=moment(self.newest))
        weight = importance(particulars, day(self.newest), self.bytes / (total or 1), wholly, as_of or day(self.newest))
        return {
            **self.decision.to_json(),
            **asset.to_json(),
            **particulars.to_json(),
            "files": self.files,
            "oldest": day(self.oldest).isoformat(),
            "newest": day(self.newest).isoformat(),
            "remarks": [],
            "importance": weight.level,
            "importance_because": list(weight.reasons),
            "obsolete": list(obsolete),
            "suggestion": "destroy" if self.files == self.set_aside else "archive" if self.files == self.old else "",
        }

    def _obsolete(self) -> tuple[str, ...]:
        signs = ((self.set_aside, "have names of backups or temporary data"), (self.old, "not written to for long"))
        return tuple(f"{number} of {self.files} files: {what}" for number, what in signs if number)


@dataclass(slots=True)
class Census:
    """Counts a listing while it goes by.

    Attributes:
        chooser: the spec's rules.
        sensitivity: what was found in each group, where it was looked for.
        files: number of files.
        bytes: their size in bytes.
        listed: number of entries of the other kinds, by kind.
        left: the first of what is listed and not carried: path, kind, and where a link leads.
        undecided: the first files that no rule decides.
        open: number of all of those.
    """

    chooser: Chooser
    sensitivity: Mapping[Group, Sensitivity] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    listed: dict[str, int] = field(default_factory=dict)
    left: list[dict[str, str]] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    open: int = 0
    _groups: dict[Group, dict[int | None, _Files]] = field(default_factory=dict)

    def watch(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        """The entries as they come, counted."""
        for entry in entries:
            if entry.kind == "file":
                self._add(entry)
            else:
                self.listed[entry.kind] = self.listed.get(entry.kind, 0) + 1
                if entry.kind != "folder" and len(self.left) < SHOWN:
                    self.left.append({"path": shown(entry.path), "kind": entry.kind, "link": shown(entry.link)})
            yield entry

    def _add(self, entry: Entry) -> None:
        decision = self.chooser.choose(entry)
        self.files, self.bytes = self.files + 1, self.bytes + entry.size
        self.open += decision.is_open
        if decision.is_open and len(self.undecided) < SHOWN:
            self.undecided.append(shown(entry.path))
        rules = self._groups.setdefault(room_for(group_of(entry.path), self._groups), {})
        if decision.rule not in rules:
            rules[decision.rule] = _Files(decision)
        rules[decision.rule].add(entry, self.chooser.known.as_of)

    def to_json(self) -> dict[str, Any]:
        as_of = self.chooser.known.as_of
        return {
            "source": self.chooser.source,
            "as_of": as_of.isoformat() if as_of else None,
            "assets": [
                {**files.to_json(group, self.bytes, as_of), "sensitivity": self._sensitivity(group)}
                for group, rules in sorted(self._groups.items())
                for _, files in sorted(rules.items(), key=lambda item: item[0] or 0)
            ],
            "undecided": self.undecided,
            "open": self.open,
            "not_migrated": [],
            "files": self.files,
            "bytes": self.bytes,
            "listed": dict(sorted(self.listed.items())),
            "not_carried": sum(count for kind, count in self.listed.items() if kind != "folder"),
            "left": self.left,
            "known": self.chooser.known.to_json(),
        }

    def _sensitivity(self, group: Group) -> dict[str, Any]:
        return self.sensitivity.get(group, Sensitivity(unseen="not looked into")).to_json()


def day(mtime_ns: int) -> date:
    """The day of a file's last change."""
    return _moment(mtime_ns).date()


def moment(mtime_ns: int) -> str:
    """The instant of a file's last change, as ISO 8601."""
    return _moment(mtime_ns).isoformat(timespec="seconds")


def _moment(mtime_ns: int) -> datetime:
    return datetime.fromtimestamp(max(min(mtime_ns, 4 * 10**18), 0) / 10**9, UTC)
