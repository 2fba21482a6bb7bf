"""`sunset plan`: what a retirement would do with every asset; a dry run, which writes nothing but its dossier."""

from __future__ import annotations

import argparse

from sunset.commands import run as headless


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the command line."""
    parser = subparsers.add_parser("plan", help="catalogue, assess and plan; writes nothing but the dossier")
    headless.add_place(parser)
    parser.set_defaults(run=run, mode="dry_run", reason="", approve_as=[])


def run(args: argparse.Namespace) -> int:
    """Carry out a dry run; 0 the plan stands, 1 something speaks against it, 2 the run could not start."""
    return headless.run(args)
