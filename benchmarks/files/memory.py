"""Peak memory of one process that lists, copies, proves and writes the manifest, for many files and for large ones."""

from __future__ import annotations

import os
from collections.abc import Mapping

from benchmarks.files.copies import way_of
from benchmarks.files.trees import Tree
from benchmarks.page import write_part
from benchmarks.pairs import Spent, verdict

AT_MOST = 250.0
_PART = float(os.environ.get("BENCH_PART", "1"))
CASES: Mapping[str, tuple[Tree, str]] = {
    "1,000,000 empty files, listed and planned": (Tree("", int(1_000_000 * _PART), 0), "survey"),
    "50,000 files of 4 KiB": (Tree("", int(50_000 * _PART), 4096), "copy_and_prove"),
    "4 files of 512 MiB": (Tree("", 4, int(512 * _PART) * 2**20), "copy_and_prove"),
}


def main() -> None:
    spent: dict[str, Spent] = {}
    for name, (tree, what) in CASES.items():
        with way_of(tree, behind_sftp=False) as way:
            spent[name] = way.sunset(what)
    lines = ["| | Peak of the process | Time |", "|---|---|---|"]
    lines += [f"| {name} | {took.peak_mib:.0f} MiB | {took.seconds:.1f} s |" for name, took in spent.items()]
    lines += ["", *(verdict(name, took.peak_mib, AT_MOST, "MiB") for name, took in spent.items())]
    write_part("files-memory", "Peak memory of a copy of files", "\n".join(lines))
