"""A copy by Sunset as a process of its own, for the clock of a benchmark.

python -m benchmarks.files.sunset_process WORK FOLDER JOBS SOURCE ADDRESS PREFIX: WORK is one of `WORKS`, FOLDER keeps
listing, manifest and journal between runs, SOURCE is a local folder or sftp://PORT/folder.
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from benchmarks.files.servers import BUCKET, KEY, SECRET

from demo.ports import LOOPBACK
from sunset.dossier.store import open_store
from sunset.files.catalogue import Census, Chooser
from sunset.files.comparing import listing_differences, manifest_differences
from sunset.files.copying import Copy
from sunset.files.entries import Sent, read_entries, read_sent, write_lines
from sunset.files.journal import Journal
from sunset.files.limits import Limits
from sunset.files.local import LocalTree
from sunset.files.objects import Account, open_bucket
from sunset.files.places import Source, Target
from sunset.files.planning import Slice, cost, slices
from sunset.files.proof import content_differences, read_back
from sunset.files.s3 import S3Tree
from sunset.files.sftp import SftpTree
from sunset.files.tally import tally
from sunset.spec.dispositions import Match, Rule

CHOOSER = Chooser("tree", [Rule(match=Match(kind="file"), do="migrate", because="measured")])


def survey(work: Path, source: Source, target: Target, limits: Limits) -> None:  # noqa: ARG001
    """List, count and cut into slices."""
    write_lines(work / "listing", Census(CHOOSER).watch(source.entries()))
    planned = slices(read_entries(work / "listing"), sum(cost(entry) for entry in read_entries(work / "listing")))
    print(len(planned), "slices")


def copy(work: Path, source: Source, target: Target, limits: Limits) -> None:
    """List, copy what is not right already, write the manifest, and hold it against the listing."""
    listing, manifest = work / "listing", work / "manifest"
    write_lines(listing, Census(CHOOSER).watch(source.entries()))
    journal = Journal.of(open_store(str(work / "store")), "tree", target)
    journal.claim(target, "run")
    planned = slices(read_entries(listing), sum(cost(entry) for entry in read_entries(listing)))
    parts = (_sent(part, listing, journal, source, target, limits) for part in planned)
    write_lines(manifest, chain.from_iterable(parts))
    _none(manifest_differences(read_entries(listing), read_sent(manifest)))
    journal.replace("run", manifest)


def prove(work: Path, source: Source, target: Target, limits: Limits) -> None:
    """List the source again, read every object of the target back, and compare both with what was sent."""
    found = work / "found"
    _none(listing_differences(read_entries(work / "listing"), source.entries()))
    write_lines(found, read_back(target, limits))
    _none(content_differences(read_sent(work / "manifest"), read_sent(found)))
    if tally(read_sent(work / "manifest")) != tally(read_sent(found)):
        sys.exit("the tallies differ")


def copy_and_prove(work: Path, source: Source, target: Target, limits: Limits) -> None:
    copy(work, source, target, limits)
    prove(work, source, target, limits)


WORKS: dict[str, Callable[[Path, Source, Target, Limits], None]] = {
    "survey": survey,
    "copy": copy,
    "prove": prove,
    "copy_and_prove": copy_and_prove,
}


def _sent(
    part: Slice, listing: Path, journal: Journal, source: Source, target: Target, limits: Limits
) -> Iterable[Sent]:
    known = journal.known(part.first, part.last)
    made = Copy(source, target, limits, known, lambda sent: journal.keep("run", sent), print)
    outcome = made.run([entry for entry in read_entries(listing) if part.holds(entry)])
    if outcome.faults:
        sys.exit(str(outcome.faults[0]))
    return outcome.sent


def _none(lines: Iterator[str]) -> None:
    if first := list(islice(lines, 5)):
        sys.exit(f"differs: {first}")


def source_at(place: str) -> Source:
    """The local folder, or the one behind an SFTP server whose keys the environment names."""
    if not place.startswith("sftp://"):
        return LocalTree(place)
    port, _, folder = place.removeprefix("sftp://").partition("/")
    return SftpTree(lambda: _session(int(port)), LOOPBACK, f"/{folder}", 60.0)


def _session(port: int) -> Any:
    import paramiko

    client = paramiko.SSHClient()
    kind, key = os.environ["BENCH_HOST_KEY"].split()
    known = paramiko.PKey.from_type_string(kind, base64.b64decode(key))
    client.get_host_keys().add(f"[{LOOPBACK}]:{port}", kind, known)
    client.connect(LOOPBACK, port, key_filename=os.environ["BENCH_USER_KEY"], allow_agent=False, look_for_keys=False)
    return client


def target_at(url: str, prefix: str, jobs: int) -> Target:
    """A prefix of the bucket."""
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=jobs + 2, s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=url, config=config, **keys)
    account = Account(lambda: (KEY, SECRET, None), "us-east-1", url, 60.0)
    return S3Tree(open_bucket(BUCKET, client, account), prefix)


def main() -> None:
    what, work, jobs, source, url, prefix = sys.argv[1:]
    Path(work).mkdir(exist_ok=True)
    WORKS[what](Path(work), source_at(source), target_at(url, prefix, int(jobs)), Limits(parallel=int(jobs)))


if __name__ == "__main__":
    main()
