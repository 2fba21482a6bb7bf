"""`sunset catalogue SPEC|DOSSIER`: every asset with what is known of it and what becomes of it.

A spec is catalogued by a dry run, which writes nothing but its dossier; a dossier has a catalogue already.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sunset.commands import run as headless

if TYPE_CHECKING:
    from sunset.dossier.dossier import Dossier

_SPECS = (".yaml", ".yml")
_DOSSIER = "dossier: "
_COLUMNS = (("asset", 44), ("kind", 18), ("rows", 12), ("size", 9), ("last write", 11), ("sensitivity", 18))


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the command line."""
    parser = subparsers.add_parser("catalogue", help="print every asset, how sensitive it is and what becomes of it")
    parser.add_argument(
        "spec", metavar="SPEC|DOSSIER", help="a spec, for a dry run; or a dossier: a folder or URL (file://, s3://)"
    )
    headless.add_selection(parser)
    parser.add_argument("--format", choices=("text", "csv", "json"), default="text", help="how it is printed")
    parser.set_defaults(run=run, mode="dry_run", reason="", approve_as=[])


def run(args: argparse.Namespace) -> int:
    """Print the catalogue; 0 somebody decided on every asset, 1 something is undecided, 2 there is no catalogue."""
    from sunset.catalogue.coverage import coverage
    from sunset.dossier.dossier import Dossier
    from sunset.dossier.store import open_store
    from sunset.errors import SunsetError

    place = _catalogued(args) if args.spec.endswith(_SPECS) else args.spec
    try:
        records = _records(Dossier(open_store(place))) if place else {}
    except SunsetError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not records:
        sys.stderr.write(f"{args.spec}: there is no catalogue.\n")
        return 2
    _print(records, args.format)
    return 1 if coverage(records)["undecided"] else 0


def _catalogued(args: argparse.Namespace) -> str:
    """Catalogue a spec by a dry run; returns where its dossier lies, nothing where none was written."""
    done = headless.start(args, stdout=subprocess.PIPE)
    sys.stderr.write(done.stdout)
    found = [line.removeprefix(_DOSSIER) for line in done.stdout.splitlines() if line.startswith(_DOSSIER)]
    return found[-1] if found else ""


def _records(dossier: Dossier) -> dict[str, dict[str, Any]]:
    return {record["source"]: record for record in dossier.records("discover").values() if "assets" in record}


def _print(records: Mapping[str, Mapping[str, Any]], form: str) -> None:
    from sunset.catalogue.csv_file import COLUMNS, print_csv, rows_of

    if form == "json":
        sys.stdout.write(json.dumps(records, indent=1, sort_keys=True) + "\n")
    elif form == "csv":
        print_csv(sys.stdout, COLUMNS, (row for record in records.values() for row in rows_of(record)))
    else:
        sys.stdout.writelines(f"{line}\n" for record in records.values() for line in _lines(record))


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    from sunset.catalogue.coverage import open_questions, outcome
    from sunset.catalogue.pages import in_bytes

    yield f"{record['source']} ({record['place']})"
    yield "  " + " ".join(f"{name:<{width}}" for name, width in _COLUMNS) + " becomes"
    for asset in record["assets"]:
        cells = (
            asset["address"],
            asset["kind"],
            "" if asset["rows"] is None else f"{asset['rows']:,}",
            "" if asset["bytes"] is None else in_bytes(asset["bytes"]),
            (asset["last_write"] or "")[:10],
            ", ".join(asset["sensitivity"]["classes"]) if asset["sensitivity"] else "",
        )
        row = " ".join(f"{cell:<{width}}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
        yield f"  {row} {asset['do'] or outcome(asset)}"
        yield from (f"      {remark['code']}: {remark['message']}" for remark in asset["remarks"])
        if asset["suggestion"]:
            yield f"      {asset['suggestion']}? {'; '.join(asset['obsolete'])}"
    yield from (f"  undecided: {name}" for name in open_questions(record))
