"""Archive: data in open formats, the native dump and all documents in one bag, verified where it lies."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sunset.archive.pack import pack
from sunset.dossier.fetch import fetch_dossier
from sunset_operators import settings
from sunset_operators.base import StageOperator
from sunset_operators.connections import store_at
from sunset_operators.engines import connections_of, engine_of
from sunset_operators.evidence import require_before
from sunset_operators.file_places import s3_tree
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from sunset.dossier.store import Store
    from sunset.spec import Spec
    from sunset_operators.stage_run import StageRun


def destroyed(run: StageRun, source: str) -> tuple[str, ...]:
    """Addresses of the assets of a source that the plan destroys."""
    catalogue = run.evidence("discover", source)
    return tuple(asset["address"] for asset in catalogue["assets"] if asset["do"] == "destroy")


def shelf_of(run: StageRun, conn_id: str | None) -> Store:
    """Where the bags of the product lie, with the credentials of this connection."""
    return store_at(run.spec.archive.path, conn_id).child(run.spec.product)


def bag_of(run: StageRun, conn_id: str | None) -> Store:
    """Where the bag of a run lies."""
    return shelf_of(run, conn_id).child(run_folder(run.run_id))


class ArchiveRun(StageOperator):
    """Pack what the retired product leaves behind into a BagIt bag, and read every byte of it back.

    :param conn_id: connection of the archive's store (templated).
    :param conn_ids: connections of the sources, by source (templated).
    """

    template_fields: Sequence[str] = ("conn_id", "conn_ids")

    def __init__(self, *, spec: Spec, **kwargs: Any) -> None:
        super().__init__(spec=spec, **kwargs)
        self.conn_id = spec.archive.conn_id
        self.conn_ids = {source.name: connections_of(source) for source in spec.sources.tabular}

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "archive")
        bag = bag_of(run, self.conn_id)
        sources = [source for source in self.spec.sources.tabular if source.name in run.selected]
        engines = [engine_of(run, source, self.conn_ids[source.name]) for source in sources]
        lock = engines[0].locked("archive") if engines else nullcontext()
        with lock, TemporaryDirectory(dir=settings.work_folder()) as folder:
            for engine in engines:
                self.log.info("Exporting %s", engine.name)
                engine.export(Path(folder) / "data" / engine.name, destroyed(run, engine.name))
            fetch_dossier(run.dossier, Path(folder) / "dossier", left_out=("archive", "close"))
            packed = pack(Path(folder), bag, self.describe(run))
        receipt = {**packed.to_json(), "lock": self.lock(bag)}
        return {**run.dossier.record("archive", "receipt", receipt).to_json(), **receipt}

    def lock(self, bag: Store) -> dict[str, Any] | None:
        """Let the store itself keep the bag until its time is over, where it can; None where it cannot."""
        from sunset.archive.object_lock import lock

        if not bag.uri.startswith("s3://"):
            return None
        until = self.spec.timeline.retain_until
        locked = lock(s3_tree(bag.uri, self.conn_id), self.spec.archive.lock, until)
        self.log.info("Object lock: %s", locked or "the bucket has none")
        return locked.to_json() if locked else None

    def describe(self, run: StageRun) -> dict[str, str]:
        """Lines of the bag's bag-info.txt."""
        return {
            "Source-Organization": self.spec.title,
            "External-Description": " ".join(self.spec.decision.reason.split()),
            "External-Identifier": f"{self.spec.product}/{run.run_id}",
            "Sunset-Spec-SHA256": self.spec.digest,
            "Sunset-Retain-Until": self.spec.timeline.retain_until.isoformat(),
        }
