"""`sunset check`: is every spec right, and can Sunset carry it out?"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the command line."""
    parser = subparsers.add_parser("check", help="check spec files and list all their problems")
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE_OR_FOLDER", help="specs, or folders that hold them"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print every problem, or the number of products; 1 if there are problems."""
    from sunset.spec.files import find_files
    from sunset.spec.loading import load_files

    found = {path: find_files(path) for path in args.paths}
    loaded = load_files({os.path.normpath(file): file for files in found.values() for file in files.values()})
    lines = [f"{path}: holds no spec (*.yaml or *.yml)" for path, files in found.items() if not files]
    lines += [str(problem) for problem in loaded.problems]
    count = len(loaded.specs)
    sys.stdout.write("\n".join(lines or [f"ok: {count} product{'' if count == 1 else 's'}"]) + "\n")
    return 1 if lines else 0
