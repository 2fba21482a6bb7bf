"""What was left out because nobody writes to it any more, and was written to all the same before the freeze."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sunset.catalogue.survey import Particulars
from sunset.errors import Refusal
from sunset.spec.dispositions import Rule


def require_still_old(record: Mapping[str, Any], rules: Sequence[Rule], now: Mapping[str, Particulars]) -> None:
    """Nothing that a rule archives or destroys for its age was written to since the catalogue was taken.

    Args:
        record: the catalogue of a source, as recorded.
        rules: the spec's dispositions.
        now: what the source, which stands still, knows of its assets.

    Raises:
        Refusal: names what was written to.
    """
    if written := tuple(_written_to(record, rules, now)):
        raise Refusal(
            f"was left out for its age, and was written to since: {', '.join(written[:5])}.",
            where=f"source {record['source']!r}",
            remedy="Start a new run, which catalogues the source anew; or decide on it by another rule.",
        )


def _written_to(record: Mapping[str, Any], rules: Sequence[Rule], now: Mapping[str, Particulars]) -> Iterator[str]:
    as_of = date.fromisoformat(record["as_of"])
    for asset in record["assets"]:
        days = rules[asset["rule"] - 1].match.older_than_days if asset["rule"] else None
        if days is None or asset["do"] == "migrate":
            continue
        known = now.get(asset["address"], Particulars())
        if asset["writes"] is not None and known.writes is not None:
            if known.writes != asset["writes"]:
                yield asset["address"]
        elif known.last_write is None or (as_of - datetime.fromisoformat(known.last_write).date()).days <= days:
            yield asset["address"]
