"""The benchmarks of files: `make bench-files` runs them all, `ONLY=local` one of them.

python -m benchmarks.files [NAME ...]
"""

from __future__ import annotations

import sys

from benchmarks.files import copies, memory

WORKS = {"local": copies.local, "sftp": copies.from_sftp, "memory": memory.main}


def main() -> None:
    for name in sys.argv[1:] or WORKS:
        WORKS[name]()


if __name__ == "__main__":
    main()
