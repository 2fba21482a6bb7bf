"""Copies with proof and manifest, and second runs that find nothing changed, against rclone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.files.peers import Way
from benchmarks.files.servers import sftp, store
from benchmarks.files.trees import TREES, Tree
from benchmarks.page import write_part
from benchmarks.pairs import Contender, Spent, against, interleave, table

OURS, THEIRS = "sunset: copy, proof, manifest", "rclone: copy, check, hashsum"
AGAIN, THEIRS_AGAIN = "sunset: second run, nothing changed", "rclone: second copy"
PROVED_AGAIN, CHECKED_AGAIN = "sunset: second run, and everything read back", "rclone: second copy, check, hashsum"


def local() -> None:
    for name, tree in TREES.items():
        with way_of(tree, behind_sftp=False) as way:
            _measure(f"files-{name}", f"{tree.title}, local to S3", way)


def from_sftp() -> None:
    for name, tree in TREES.items():
        with way_of(tree, behind_sftp=True) as way:
            _measure(f"files-{name}-sftp", f"{tree.title}, SFTP to S3", way)


def _measure(part: str, title: str, way: Way) -> None:
    print(title)

    firsts = interleave(
        [
            Contender(OURS, lambda: way.sunset("copy_and_prove"), way.empty),
            Contender(THEIRS, way.rclone, way.empty),
        ]
    )
    way.empty()
    way.sunset("copy")
    way.rclone_copy()
    seconds = interleave(
        [
            Contender(AGAIN, lambda: way.sunset("copy")),
            Contender(THEIRS_AGAIN, way.rclone_copy),
            Contender(PROVED_AGAIN, lambda: way.sunset("copy_and_prove")),
            Contender(CHECKED_AGAIN, way.rclone),
        ]
    )
    spent: dict[str, list[Spent]] = {**firsts, **seconds}
    text = [
        table(spent),
        "",
        against(spent, OURS, THEIRS, 1.0),
        against(spent, AGAIN, THEIRS_AGAIN, 1.0),
        against(spent, PROVED_AGAIN, CHECKED_AGAIN, 1.0),
    ]
    write_part(part, title, "\n".join(text))


@contextmanager
def way_of(tree: Tree, *, behind_sftp: bool) -> Iterator[Way]:
    with TemporaryDirectory(prefix="sunset-bench-") as name:
        folder = Path(name)
        tree.make(folder / "tree")
        with store(folder / "store") as target:
            if not behind_sftp:
                yield Way(folder / "tree", target, None, folder / "work")
                return
            with sftp(folder / "tree", folder / "ssh") as server:
                yield Way(folder / "tree", target, server, folder / "work")
