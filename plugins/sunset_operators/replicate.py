"""Route `replicate`: the target follows the source while the product goes on, and is drained after the freeze."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException

from sunset.dossier.fetch import fetch_tree
from sunset.engine import Finding, Pack, Receipt
from sunset.errors import Refusal
from sunset.spec.sources import Replication as Bounds
from sunset.validation.facts import Facts, ObjectFact
from sunset_operators import settings
from sunset_operators.assess import AssessSource
from sunset_operators.base import SourceOperator
from sunset_operators.connections import postgres_endpoint
from sunset_operators.copy import require_catalogued
from sunset_operators.engines import engine_of
from sunset_operators.evidence import record_digest, require_before

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.database.postgres.replication.replication import Replication
    from sunset.spec.sources import DatabaseSource
    from sunset_operators.stage_run import StageRun

LOOK_EVERY = timedelta(seconds=10)


def replication_of(run: StageRun, source: DatabaseSource, conn_ids: Mapping[str, str]) -> Replication:
    """The following of a source.

    Args:
        run: the run that it works for.
        source: the source, as the spec has it.
        conn_ids: rendered connection ids by part, as `connections_of` names them.

    Raises:
        Refusal: a connection is missing or incomplete, or the source is no PostgreSQL.
    """
    from sunset.database.postgres.engine import PostgresEngine
    from sunset.database.postgres.replication import bounds
    from sunset.database.postgres.replication.replication import Replication

    engine = engine_of(run, source, conn_ids)
    if not isinstance(engine, PostgresEngine):
        raise Refusal(
            "route `replicate` is for PostgreSQL sources alone.",
            where=f"source {source.name!r}",
            remedy="Use route `copy`.",
        )
    wanted = source.replication or Bounds()
    limits = bounds.Bounds(retained_bytes=wanted.retained_wal_mb * 2**20)
    return Replication(engine, postgres_endpoint(conn_ids["publisher"]), limits)


class AssessFollowedSource(AssessSource):
    """The preflight of a source, and that of its route."""

    source: DatabaseSource

    def findings(self, run: StageRun) -> tuple[Finding, ...]:
        return (*super().findings(run), *replication_of(run, self.source, self.conn_ids).assess())


class FollowOperator(SourceOperator):
    """A step of a following."""

    source: DatabaseSource

    def replication(self, run: StageRun) -> Replication:
        return replication_of(run, self.source, self.conn_ids)

    def record(self, run: StageRun, stage: str, what: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """Write a record of this source; gives the reference for XCom."""
        return run.dossier.record(stage, f"{self.source.name}-{what}", {"source": self.source.name, **record}).to_json()

    def about(self, run: StageRun, what: str) -> str | None:
        return record_digest(run, "follow", f"{self.source.name}-{what}")

    def plan(self, run: StageRun) -> dict[str, Any]:
        return run.evidence("follow", f"{self.source.name}-plan")

    def objects(self, run: StageRun) -> tuple[ObjectFact, ...]:
        """What the source's objects have to be until the cutover."""
        return tuple(ObjectFact(**fact) for fact in self.plan(run)["objects"])


class PrepareFollowing(FollowOperator):
    """Make the tables on the target, without keys, and plan the copy."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "follow")
        # On record before anything is made: whatever becomes of the run, its tear-down knows that it has work.
        run.dossier.record("follow", f"{self.source.name}-intent", run.describe())
        replication = self.replication(run)
        replication.tear_down()
        engine, objects = replication.engine, replication.objects()
        require_catalogued(run, self.source.name, engine.discover())
        tables = engine.tables()
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            engine.dump_schema(Path(folder))
            run.dossier.add_tree("follow", f"{self.source.name}-schema", Path(folder))
            engine.prepare(Path(folder))
        units = Pack("every table", tuple(engine.units(tables)))
        plan = {"tables": list(tables), "pack": units.to_json(), "objects": [asdict(fact) for fact in objects]}
        return self.record(run, "follow", "plan", plan)


class CopyFollowed(FollowOperator):
    """Copy all rows on the snapshot of a new replication slot; a retry makes a new slot and begins anew."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "follow", "{source}-copied")
        receipts = self.replication(run).copy(Pack.from_json(self.plan(run)["pack"]), self.report)
        copied = {"about": self.about(run, "plan"), "units": [receipt.to_json() for receipt in receipts]}
        rows = sum(receipt.fact.rows for receipt in receipts)
        return {**self.record(run, "follow", "copied", copied), "rows": rows}


class SubscribeTarget(FollowOperator):
    """Make keys and indexes on the target, and let it follow from the slot's position on."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "follow", "{source}-subscribed")
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            fetch_tree(run.dossier, "follow", f"{self.source.name}-schema", Path(folder))
            self.replication(run).subscribe(Path(folder))
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return self.record(run, "follow", "subscribed", {"about": self.about(run, "copied"), "at": at})


class WatchFollowing(FollowOperator):
    """Wait until the target has caught up and the freeze window is open; between two looks no worker is held."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "follow", "{source}-caught-up")
        state = self.replication(run).look(self.objects(run))
        self.log.info("%s", state)
        now = datetime.now(UTC)
        if not state.caught_up or now < self.spec.timeline.freeze:
            self.require_in_time(run, now)
            raise AirflowRescheduleException(now + LOOK_EVERY)  # type: ignore[no-untyped-call]
        return self.record(run, "follow", "caught-up", {"about": self.about(run, "subscribed"), **state.to_json()})

    def require_in_time(self, run: StageRun, now: datetime) -> None:
        """A following does not go on for ever.

        Raises:
            Refusal: it has gone on for longer than the spec allows.
        """
        since = datetime.fromisoformat(run.evidence("follow", f"{self.source.name}-subscribed")["at"])
        patience = (self.source.replication or Bounds()).catch_up
        if now - since > patience:
            raise Refusal(
                f"the target has not caught up in {patience}.",
                where=f"source {self.source.name!r}",
                remedy="See in the log how far behind it is; raise `replication.catch_up` or mend what holds it up.",
            )


class DrainTarget(FollowOperator):
    """After the freeze: wait for the last change to arrive, then take the replication down."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "migrate")
        frozen = run.evidence("freeze", self.source.name)
        patience = (self.source.replication or Bounds()).drain.total_seconds()
        self.replication(run).drain(self.objects(run), frozen["position"], patience)
        about = record_digest(run, "freeze", self.source.name)
        return self.record(run, "migrate", "drained", {"about": about, "position": frozen["position"]})


class CompleteFollowed(FollowOperator):
    """Triggers, foreign keys, views and sequences; then the facts of the frozen source go on record."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "migrate", "{source}-source-facts")
        name, plan = self.source.name, self.plan(run)
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            fetch_tree(run.dossier, "follow", f"{name}-schema", Path(folder))
            facts = self.replication(run).complete(Path(folder))
        units = _receipts(facts, run.evidence("follow", f"{name}-copied")["units"])
        self.record(run, "migrate", "units", {"tables": plan["tables"], "packs": [plan["pack"]]})
        self.record(run, "migrate", "pack-0", {"pack": 0, "units": units})
        reference = run.dossier.record("migrate", f"{name}-source-facts", facts.to_json())
        return {**reference.to_json(), "tables": len(facts.tables), "rows": facts.rows}


class StopFollowing(FollowOperator):
    """Leave no slot, no publication and no subscription behind, whatever became of the run."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        if not run.dossier.latest("follow", f"{self.source.name}-intent"):
            raise AirflowSkipException("The run never came to the following.")
        self.replication(run).tear_down()


def _receipts(facts: Facts, copied: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One receipt a table: the fact of the frozen source, and what the initial copy of its units took."""
    bytes_of, seconds_of = Counter[str](), Counter[str]()
    for unit in copied:
        bytes_of[unit["fact"]["table"]] += unit["bytes"]
        seconds_of[unit["fact"]["table"]] += unit["seconds"]
    return [Receipt(fact.table, fact, bytes_of[fact.table], seconds_of[fact.table]).to_json() for fact in facts.tables]
