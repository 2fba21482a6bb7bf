"""Object lock on a bag: the store itself refuses to delete it before its time, where the bucket can.

Only current versions are locked, each by its version id, after the bag was read back whole. What the store then says
of each is what counts.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Literal

from sunset.dossier.names import shown
from sunset.errors import Deviation
from sunset.files.objects import translated

if TYPE_CHECKING:
    from sunset.files.s3 import S3Tree

Mode = Literal["governance", "compliance"]
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class BagLock:
    """A locked bag: the mode, the day up to which the lock holds, and how many objects it is on."""

    mode: Mode
    until: str
    objects: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def lock(bag: S3Tree, mode: Mode, until: date) -> BagLock | None:
    """Lock every object of a bag; None where the bucket has no object lock. Again, it changes nothing.

    Args:
        bag: all keys of the bag.
        mode: who may lift it: nobody, or whoever has the right to by-pass it.
        until: the last day of the lock.

    Raises:
        Deviation: an object is not locked as asked for.
    """
    if not _has_lock(bag):
        return None
    end = datetime.combine(until, time(23, 59, 59), UTC)
    paths = [each.path for each in bag.stored()]
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        faults = [fault for fault in workers.map(lambda path: _lock(bag, path, mode, end), paths) if fault]
    if faults:
        raise Deviation(
            f"{len(faults)} objects are not locked as asked for: " + " | ".join(faults[:5]),
            where=bag.place,
            remedy="Look at what the bucket's policy lets the connection's user do, and run the task again.",
            differences=tuple(faults),
            record=bag.place,
        )
    return BagLock(mode, until.isoformat(), len(paths))


def _has_lock(bag: S3Tree) -> bool:
    from botocore.exceptions import ClientError

    with translated(bag.place):
        try:
            asked = bag.objects.client.get_object_lock_configuration(Bucket=bag.objects.bucket)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                return False  # no lock, or a store that knows none
            raise
    return bool(asked["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled")


def _lock(bag: S3Tree, path: str, mode: Mode, end: datetime) -> str:
    """Lock one object as it is now; what is wrong with it afterwards, or nothing."""
    client, key = bag.objects.client, bag.prefix + path
    with translated(bag.place, path):
        version = client.head_object(Bucket=bag.objects.bucket, Key=key)["VersionId"]
        this = {"Bucket": bag.objects.bucket, "Key": key, "VersionId": version}
        wanted = {"Mode": mode.upper(), "RetainUntilDate": end}
        client.put_object_retention(**this, Retention=wanted)
        kept = client.head_object(**this)
    if kept.get("ObjectLockMode") != mode.upper() or kept["ObjectLockRetainUntilDate"] < end:
        until = kept.get("ObjectLockRetainUntilDate")
        return f"{shown(path)}: is kept in mode {kept.get('ObjectLockMode')} until {until}"
    return ""
