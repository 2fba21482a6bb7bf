"""A listing of a million files: the memory does not grow with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.file_copies import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.slow]

_WORK = """
import sys
from pathlib import Path
from services.memory import peak
from sunset.files.catalogue import Census, Chooser
from sunset.files.comparing import listing_differences
from sunset.files.entries import Entry, Sent, read_entries, read_sent, write_lines
from sunset.files.planning import cost, sample, slices
from sunset.files.sorting import in_order
from sunset.files.tally import tally
from sunset.spec.dispositions import Match, Rule

folder, count = Path(sys.argv[1]), int(sys.argv[2])
rule = Rule(match=Match(kind="file"), do="migrate", because="needed")
rows = in_order((f"d{n % 1000}/file-{n}.txt", n, n * 10**9, "mark") for n in range(count))
census = Census(Chooser("tree", [rule]))
write_lines(folder / "listing", census.watch(Entry(path, "file", size, at, tag) for path, size, at, tag in rows))
assert census.files == count
listing = folder / "listing"
assert list(listing_differences(read_entries(listing), read_entries(listing))) == []
parts = slices(read_entries(listing), sum(cost(entry) for entry in read_entries(listing)))
assert sum(part.files for part in parts) == count
assert len(list(sample(read_entries(listing), count))) <= 1000
sent = (Sent(each.path, each.size, each.mtime_ns, each.tag, "0" * 64, "x") for each in read_entries(listing))
write_lines(folder / "manifest", sent)
assert tally(read_sent(folder / "manifest")).whole.files == count
print(peak() // 1024, len(parts))
"""


def test_a_million_files_are_listed_in_bounded_memory(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": f"{ROOT}/tests:{ROOT}/include", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", _WORK, str(tmp_path), "1000000"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    mebibytes, parts = map(int, done.stdout.split())
    print(f"{mebibytes} MiB, {parts} slices")
    assert mebibytes < 250
    assert parts > 10
