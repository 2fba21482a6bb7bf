"""The command `sunset`. A sub-command is a module in `sunset.commands` and one entry in COMMANDS."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sunset.commands import catalogue, check, plan, run, schema, verify
from sunset.errors import SunsetError

COMMANDS = (check, schema, catalogue, plan, run, verify)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one sub-command; the exit status is 0 if all is well, 1 if not, 2 for a command that makes no sense."""
    parser = argparse.ArgumentParser(prog="sunset", description="Retires software products and keeps their data.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    try:
        status: int = args.run(args)
    except SunsetError as error:
        print(error, file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
