"""The benchmarks of the database engines: `make bench-database` runs them all, `ONLY=clones` one of them.

python -m benchmarks.database [NAME ...]
"""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("clones", "resume", "memory", "airflow_task", "mariadb", "replicate")


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        import_module(f"benchmarks.database.{name}").main()


if __name__ == "__main__":
    main()
