"""How sensitive files are: by their names, and by the beginnings of a sample of those that are text."""

from __future__ import annotations

import csv
import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import BinaryIO

from sunset.catalogue.sensitivity.columns import judge
from sunset.catalogue.sensitivity.model import ColumnSample, Reason, Sensitivity
from sunset.catalogue.sensitivity.names import hints
from sunset.errors import Unavailable
from sunset.files.entries import Entry
from sunset.files.groups import Group, group_of, room_for
from sunset.files.places import FileFault, Reader, Source
from sunset.files.texts import text_of

FIRST_BYTES = 64 * 2**10
_A_GROUP, _IN_ALL, _SECONDS = 10, 2000, 30.0
_SECRET = re.compile(
    r"^(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.env(?:\..+)?|\.?htpasswd|\.npmrc|\.pgpass|\.netrc|shadow|credentials)$"
    r"|\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk)$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_TABLES = (".csv", ".tsv")
_DOCUMENTS = (".json", ".jsonl", ".ndjson", ".geojson")


@dataclass(slots=True)
class _Sample:
    """Some files of a group, each as likely to be among them; and what the names of all of them say."""

    seen: int = 0
    paths: list[str] = field(default_factory=list)
    named: dict[str, Reason] = field(default_factory=dict)


@dataclass(slots=True)
class Sampler:
    """Picks files while a listing goes by; the same ones from the same listing."""

    groups: dict[Group, _Sample] = field(default_factory=dict)
    _dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as they come."""
        for entry in entries:
            if entry.kind == "file":
                self._add(entry)
            yield entry

    def _add(self, entry: Entry) -> None:
        group = room_for(group_of(entry.path), self.groups)
        sample = self.groups.setdefault(group, _Sample())
        for reason in _by_name(_DIGITS.sub("0", entry.path.rpartition("/")[2])):
            sample.named.setdefault(reason.kind, replace(reason, where=_label(group)))
        if entry.size:
            sample.seen += 1
            if len(sample.paths) < _A_GROUP:
                sample.paths.append(entry.path)
            elif (place := self._dice.randrange(sample.seen)) < _A_GROUP:
                sample.paths[place] = entry.path


def look(source: Source, sampler: Sampler) -> Mapping[Group, Sensitivity]:
    """Read the beginnings of the sampled files, each group's first before any group's second."""
    until = time.monotonic() + _SECONDS
    texts = dict.fromkeys(sampler.groups, 0)
    found: dict[Group, list[Reason]] = {group: [] for group in sampler.groups}
    with source.reader() as reader:
        for group, path in _in_turns(sampler.groups):
            if time.monotonic() > until:
                break
            reasons = _in_file(reader, path)
            if reasons is not None:
                texts[group] += 1
                found[group] += reasons
    return {group: _of_group(group, sample, found[group], texts[group]) for group, sample in sampler.groups.items()}


def _in_turns(groups: Mapping[Group, _Sample]) -> list[tuple[Group, str]]:
    turns = [(turn, group, path) for group, sample in groups.items() for turn, path in enumerate(sample.paths)]
    return [(group, path) for _, group, path in sorted(turns)[:_IN_ALL]]


def _in_file(reader: Reader, path: str) -> tuple[Reason, ...] | None:
    """What is in one file, each kind once; None for one that is no text, or cannot be read."""
    try:
        with reader.open(path, 0) as file:
            text = text_of(_beginning(file))
    except (FileFault, Unavailable):
        return None
    if text is None:
        return None
    found = judge(_columns(path, text), path.rpartition("/")[2].rpartition(".")[0])
    return tuple({reason.kind: reason for reason in found}.values())


def _beginning(file: BinaryIO) -> bytes:
    """The first bytes; a place far away hands out fewer at once than it is asked for."""
    data = b""
    while len(data) < FIRST_BYTES and (block := file.read(FIRST_BYTES - len(data))):
        data += block
    return data


def _columns(path: str, text: str) -> Sequence[ColumnSample]:
    """Tables by their columns, documents by their paths, all else by its lines."""
    lines = text.splitlines()
    if path.lower().endswith(_TABLES) and lines:
        head, *rows = csv.reader(lines, delimiter=max(",;\t|", key=lines[0].count))
        return [
            ColumnSample(name[:100], "text", [row[place] if place < len(row) else None for row in rows])
            for place, name in enumerate(head)
        ]
    samples = [ColumnSample("", "text", lines)]
    if path.lower().endswith(_DOCUMENTS) and len(lines) > 1:
        samples.append(ColumnSample("", "text", [text]))  # one document over many lines
    return samples


def _of_group(group: Group, sample: _Sample, found: Sequence[Reason], texts: int) -> Sensitivity:
    """A group is as sensitive as the most sensitive of its files; shares are those of files."""
    reasons = list(sample.named.values())
    by_kind: dict[str, list[Reason]] = {}
    for reason in found:
        by_kind.setdefault(reason.kind, []).append(reason)
    for kind, same in by_kind.items():
        reasons = [reason for reason in reasons if reason.kind != kind]
        reasons.append(replace(same[0], where=_label(group), hits=len(same), looked_at=texts))
    unseen = "" if texts or not sample.seen else "no file of it could be read as text"
    return Sensitivity(tuple(reasons), texts, unseen)


def _label(group: Group) -> str:
    folder, suffix = group
    return f"{folder or '.'}/*{suffix}"


@lru_cache(4096)
def _by_name(name: str) -> tuple[Reason, ...]:
    """What a file is called says what is in it; its digits are left out."""
    secret = (Reason("", "access key", "secret", "name"),) if _SECRET.search(name) else ()
    stem = name.rpartition(".")[0] or name
    return secret + tuple(
        Reason("", hint.kind, hint.klass, "name") for hint in hints(stem, "", "text") if not hint.of_people
    )
