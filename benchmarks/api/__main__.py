"""The benchmarks of REST APIs: `make bench-api` runs them all, `ONLY=quick` one of them.

python -m benchmarks.api [NAME ...]
"""

from __future__ import annotations

import sys

from benchmarks.api import exports

WORKS = {"quick": exports.quick, "slow": exports.slow}


def main() -> None:
    for name in sys.argv[1:] or WORKS:
        WORKS[name]()


if __name__ == "__main__":
    main()
