"""The catalogue for people: a page with pictures, and a table for spreadsheets. Every value on the page is escaped."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sunset.catalogue.charts import charts
from sunset.catalogue.coverage import outcome
from sunset.catalogue.csv_file import COLUMNS, rows_of, write_csv
from sunset.catalogue.wording import said
from sunset.spec import Spec

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE, TABLE = "catalogue.html", "catalogue.csv"
MOST_ROWS, MOST_PROPOSALS = 2000, 100
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def write_documents(
    folder: Path,
    spec: Spec,
    run: Mapping[str, Any],
    records: Mapping[str, Mapping[str, Any]],
    proof: Mapping[str, Any],
) -> None:
    """Write `catalogue.html` and `catalogue.csv`.

    Args:
        folder: gets both.
        spec: the product's spec.
        run: the run, as it describes itself.
        records: the catalogue of each source, as recorded.
        proof: what `coverage` says of them.
    """
    (folder / PAGE).write_text(catalogue_page(spec, run, records, proof), encoding="utf-8")
    write_csv(folder / TABLE, COLUMNS, (row for record in records.values() for row in rows_of(record)))


def catalogue_page(
    spec: Spec, run: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]], proof: Mapping[str, Any]
) -> str:
    """HTML of the catalogue; see `write_documents`."""
    proposed = [line for record in records.values() for line in proposals(record)]
    return (
        _environment()
        .get_template("catalogue.html.j2")
        .render(
            spec=spec,
            run=run,
            records=records,
            proof=proof,
            charts=charts(records.values()),
            proposed=proposed[:MOST_PROPOSALS],
            more=max(len(proposed) - MOST_PROPOSALS, 0),
            stewards=[person.name for person in spec.people.values() if "steward" in person.roles],
            most=MOST_ROWS,
            language=spec.notices.language,
            t=partial(said, language=spec.notices.language),
        )
    )


def proposals(record: Mapping[str, Any]) -> Iterator[str]:
    """A line of the spec for each asset that nobody decided on, to be completed."""
    for asset in record["assets"]:
        if outcome(asset) == "undecided":
            match = {"source": record["source"], "kind": asset["kind"], "name": asset["name"]}
            if "files" not in asset:
                match = {**match, "schema": glob.escape(asset["namespace"]), "name": glob.escape(asset["name"])}
            keys = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in match.items() if value)
            because = "; ".join(asset["obsolete"]) if asset["suggestion"] else ""
            do, why = asset["suggestion"] or "…", json.dumps(because or "…", ensure_ascii=False)
            yield f"- {{match: {{{keys}}}, do: {do}, because: {why}, by: …, on: …}}"


@cache
def _environment() -> Environment:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    loader = ChoiceLoader([PackageLoader("sunset.catalogue"), PackageLoader("sunset.reports")])
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=StrictUndefined)
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["size"] = in_bytes
    environment.filters["outcome"] = outcome
    return environment


def in_bytes(number: int) -> str:
    """A size as people say it: `1.4 MiB`."""
    size, unit = float(number), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.3g} {_UNITS[unit]}" if unit else f"{number} B"
