"""`sunset run`: a product's DAG in one process, the gates answered as the people named."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the command line."""
    parser = subparsers.add_parser("run", help="run a product's DAG in one process, without a scheduler")
    add_options(parser)
    parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of a headless run, also those of the runner itself."""
    add_place(parser)
    parser.add_argument("--mode", choices=("dry_run", "rehearse", "execute"), default="dry_run", help="how far to go")
    parser.add_argument("--reason", default="", help="kept in the dossier; an execution needs one")
    parser.add_argument(
        "--approve-as", action="append", default=[], metavar="USER", help="who answers the gates; may be repeated"
    )


def add_place(parser: argparse.ArgumentParser) -> None:
    """What is run: the spec, its sources and the parameters of its connections."""
    parser.add_argument("spec", type=Path, metavar="SPEC", help="the product's spec")
    add_selection(parser)


def add_selection(parser: argparse.ArgumentParser) -> None:
    """What of the spec takes part, and the parameters of its connections."""
    parser.add_argument("--source", action="append", default=[], help="only this source; may be repeated")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter for templated connection ids"
    )


def run(args: argparse.Namespace) -> int:
    """Start the runner, which knows Airflow; 0 the verdict holds, 1 it does not, 2 the run could not start."""
    return start(args).returncode


def start(args: argparse.Namespace, stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the runner to its end; `stdout` as `subprocess.run` takes it."""
    options = [str(args.spec), f"--mode={args.mode}", f"--reason={args.reason}"]
    for name in ("approve_as", "source", "param"):
        options += [f"--{name.replace('_', '-')}={value}" for value in getattr(args, name)]
    folders = [str(REPOSITORY / name) for name in ("plugins", "dags")]
    path = os.pathsep.join(filter(None, [*folders, os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-W", "ignore", "-m", "sunset_headless", *options]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, env=environment, check=False, stdout=stdout, text=True)
