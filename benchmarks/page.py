"""The page of results, docs/benchmarks.md: a part a benchmark, each written anew by its own run alone."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def write_part(name: str, title: str, text: str) -> None:
    """Put a part's results on the page: in the place of its last ones, else at the end.

    Args:
        name: of the part, a word.
        title: heading of the part.
        text: Markdown.
    """
    when = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
    part = f"<!-- begin {name} -->\n## {title}\n\n*{when}*\n\n{text.strip()}\n<!-- end {name} -->\n"
    page = PAGE.read_text(encoding="utf-8")
    old = re.compile(f"<!-- begin {name} -->.*?<!-- end {name} -->\n", re.DOTALL)
    page = old.sub(lambda _: part, page) if old.search(page) else f"{page.rstrip()}\n\n{part}"
    PAGE.write_text(page, encoding="utf-8")
    print(text.strip(), flush=True)


def machine() -> str:
    """What it ran on, and how busy that was besides."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores} cores of {_processor()}, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[2]:.1f} over the last 15 minutes"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
