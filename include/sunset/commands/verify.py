"""`sunset verify DOSSIER [DOSSIER...]`: check dossiers and bags from their files alone."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sunset.disposal.proof import prove
from sunset.dossier.store import open_store
from sunset.errors import SunsetError

if TYPE_CHECKING:
    from sunset.dossier.store import Store
    from sunset.dossier.verify import Verification

HOLDS, FAILS, UNREACHABLE = 0, 1, 2


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "verify",
        help="check dossiers and archived bags, and name every file that does not hold",
        description="Recompute every hash and every seal. Exit status: 0 all holds, 1 something does not, "
        "2 a dossier cannot be reached. Credentials of object stores come from their usual environment variables.",
    )
    parser.add_argument("dossiers", nargs="+", metavar="DOSSIER", help="folder or URL (file://, s3://)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check each dossier and give the highest exit status."""
    return max(_check(url) for url in args.dossiers)


def _check(url: str) -> int:
    try:
        store = open_store(url)
        result = prove(store)
    except SunsetError as error:
        sys.stderr.write(f"{error}\n")
        return UNREACHABLE
    for problem in result.problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{_summary(store, result)}\n")
    return FAILS if result.problems else HOLDS


def _summary(store: Store, result: Verification) -> str:
    verdict = f"{len(result.problems)} problems" if result.problems else "everything holds"
    seal = f", newest seal {result.digest}" if result.digest else ""
    gone = f", {result.destroyed} destroyed under a certificate" if result.destroyed else ""
    return f"{store.uri}: {verdict}; {result.files} files, {result.seals} seals{seal}{gone}"
