"""The catalogue of one source: every asset with all that is known of it, and what becomes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sunset.catalogue.dispositions import Decision, Subject, decide, not_migrated, undecided
from sunset.catalogue.importance import Importance, importance
from sunset.catalogue.obsolescence import signs
from sunset.catalogue.sensitivity.columns import judge
from sunset.catalogue.sensitivity.model import Sensitivity, together
from sunset.catalogue.survey import Limits, Particulars, Surveyed
from sunset.engine import Asset, Engine
from sunset.spec.dispositions import Rule


@dataclass(frozen=True, slots=True)
class Entry:
    """One asset in the catalogue.

    Attributes:
        decision: the asset, and what becomes of it.
        seen: what the survey told of it, without the sample.
        sensitivity: how sensitive it is; None where it holds no data of its own.
        importance: how much hangs on it.
        obsolete: signs that nobody needs it.
        suggestion: what they suggest: archive, destroy or nothing.
    """

    decision: Decision
    seen: Surveyed
    sensitivity: Sensitivity | None
    importance: Importance
    obsolete: tuple[str, ...]
    suggestion: str

    def to_json(self) -> dict[str, Any]:
        return {
            **self.decision.to_json(),
            **self.seen.particulars.to_json(),
            "remarks": [remark.to_json() for remark in self.seen.remarks],
            "sensitivity": self.sensitivity.to_json() if self.sensitivity else None,
            "importance": self.importance.level,
            "importance_because": list(self.importance.reasons),
            "obsolete": list(self.obsolete),
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All assets of one source.

    Attributes:
        source: name of the source in the spec.
        as_of: the day that ages are counted from.
        entries: one an asset.
    """

    source: str
    as_of: date
    entries: tuple[Entry, ...]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(entry.decision for entry in self.entries)

    def to_json(self) -> dict[str, Any]:
        """The record of the dossier.

        Raises:
            Refusal: a rule leaves out what cannot be left out alone.
        """
        open_questions = [asset.address for asset in undecided(self.decisions)]
        return {
            "source": self.source,
            "as_of": self.as_of.isoformat(),
            "assets": [entry.to_json() for entry in self.entries],
            "undecided": open_questions,
            "not_migrated": list(not_migrated(self.decisions)),
            "not_carried": sum(bool(decision.asset.not_carried) for decision in self.decisions),
        }


def catalogue(engine: Engine, rules: Sequence[Rule], as_of: date, limits: Limits | None = None) -> Catalogue:
    """Find every asset of a source, look at it, and decide.

    Args:
        engine: the source.
        rules: the spec's dispositions.
        as_of: the day that ages are counted from.
        limits: how much is looked at; the defaults when left out.
    """
    assets, seen, parts = engine.discover(), dict[str, Surveyed](), dict[str, Sensitivity]()
    names = {asset.address: asset.name for asset in assets}
    for each in engine.survey(limits or Limits()):
        if each.holds_rows:
            reasons = judge(each.columns, names.get(each.address, ""))
            parts[each.address] = Sensitivity(reasons, each.rows_seen, each.unseen)
        seen[each.address] = _without_sample(each)
    sensitivity = _of_wholes(seen, parts)
    total = sum(asset.bytes or 0 for asset in assets) or 1
    entries = [
        _entry(asset, seen.get(asset.address), sensitivity.get(asset.address), rules, as_of, total) for asset in assets
    ]
    return Catalogue(engine.name, as_of, tuple(entries))


def _entry(
    asset: Asset,
    surveyed: Surveyed | None,
    sensitivity: Sensitivity | None,
    rules: Sequence[Rule],
    as_of: date,
    total: int,
) -> Entry:
    seen = surveyed or Surveyed(asset.address)
    last_write = day_of(seen.particulars)
    decision = decide(Subject(asset, sensitivity.classes if sensitivity else (), last_write), rules, as_of)
    obsolete, suggestion = signs(asset.name, asset.rows, last_write, seen.remarks, as_of)
    weight = importance(seen.particulars, last_write, (asset.bytes or 0) / total, obsolete, as_of)
    return Entry(decision, seen, sensitivity, weight, obsolete, suggestion)


def day_of(particulars: Particulars) -> date | None:
    """The day of the last write."""
    return datetime.fromisoformat(particulars.last_write).date() if particulars.last_write else None


def _without_sample(each: Surveyed) -> Surveyed:
    return Surveyed(each.address, each.particulars, each.remarks, (), each.rows_seen, each.unseen)


def _of_wholes(seen: Mapping[str, Surveyed], parts: Mapping[str, Sensitivity]) -> dict[str, Sensitivity]:
    """The partitions of a table are one thing: what one of them holds, all of them may hold."""
    wholes: dict[str, list[str]] = defaultdict(list)
    for address, each in seen.items():
        wholes[each.particulars.part_of or address].append(address)
    found = dict[str, Sensitivity]()
    for members in wholes.values():
        known = [parts[member] for member in members if member in parts]
        if known:
            found.update(dict.fromkeys(members, together(known) if len(known) > 1 else known[0]))
    return found
