"""The copy of one database in three steps: prepare the tables, copy packs of units, complete the schema.

The same three operators serve rehearsal and migration; the destination says where to and how packed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sunset.dossier.fetch import fetch_tree
from sunset.engine import Pack
from sunset.errors import Refusal
from sunset.validation.facts import Facts, TableFact, combine
from sunset.validation.readings import Check
from sunset_operators import settings
from sunset_operators.base import SourceOperator
from sunset_operators.evidence import require_before
from sunset_operators.told import Told

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.engine import Asset, Engine
    from sunset.spec import Spec
    from sunset_operators.destination import Destination
    from sunset_operators.stage_run import StageRun


class CopyOperator(SourceOperator):
    """A step of a copy to a destination."""

    def __init__(self, *, destination: Destination, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.destination = destination

    def engine(self, run: StageRun) -> Engine:
        return self.destination.engine(super().engine(run))

    @property
    def stage(self) -> str:
        return self.destination.stage


class PrepareTarget(CopyOperator):
    """Make the empty tables on the target, and plan the units of the copy.

    Returns one entry a copy task: the number of its pack and what the task is called.
    """

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, self.stage)
        engine, name = self.engine(run), self.source.name
        require_catalogued(run, name, engine.discover())
        tables = engine.tables()
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            engine.dump_schema(Path(folder))
            run.dossier.add_tree(self.stage, f"{name}-schema", Path(folder))
            engine.prepare(Path(folder))
        packs = self.destination.packs(engine.units(tables))
        plan = {"source": name, "tables": list(tables), "packs": [pack.to_json() for pack in packs]}
        run.dossier.record(self.stage, f"{name}-units", plan)
        return [{"pack": number, "called": pack.label} for number, pack in enumerate(packs)]


class CopyPack(CopyOperator):
    """Copy the units of one pack and record what became of each.

    :param pack: number of the pack in the stage's plan.
    :param called: what the task is called in the UI: names from the data, never rendered.
    """

    def __init__(self, *, pack: int, called: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pack = pack
        self.called = called

    def carry_out(self, run: StageRun, context: Context) -> Any:
        plan = run.evidence(self.stage, f"{self.source.name}-units")
        pack = Pack.from_json(plan["packs"][self.pack])
        checks = source_checks(self.spec, self.source.name)
        told = Told(run, self.stage, f"{self.source.name}-pack-{self.pack}", self.report)
        with told.watched():
            receipts, readings = self.destination.copy(self.engine(run), pack, told, checks, plan["tables"])
        record = {"pack": self.pack, "units": [receipt.to_json() for receipt in receipts], "copied": told.figures}
        if readings:
            record["readings"] = readings.to_json()
        reference = run.dossier.record(self.stage, f"{self.source.name}-pack-{self.pack}", record)
        return {
            **reference.to_json(),
            "rows": sum(receipt.fact.rows for receipt in receipts),
            "bytes": sum(receipt.bytes for receipt in receipts),
        }


class CompleteTarget(CopyOperator):
    """Indexes, keys, triggers, views and sequences; then the source's facts go on record."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        engine, name = self.engine(run), self.source.name
        tables = table_facts(run, self.stage, name)
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            fetch_tree(run.dossier, self.stage, f"{name}-schema", Path(folder))
            sequences = engine.complete(Path(folder))
        facts = Facts(tables, sequences, engine.source_objects())
        reference = run.dossier.record(self.stage, f"{name}-source-facts", facts.to_json())
        return {**reference.to_json(), "tables": len(facts.tables), "rows": facts.rows}


def require_catalogued(run: StageRun, source: str, assets: Sequence[Asset]) -> None:
    """The assets that are there now are those that were catalogued and decided on.

    Raises:
        Refusal: names assets that came or went since.
    """
    catalogued = {(asset["address"], asset["kind"]) for asset in run.evidence("discover", source)["assets"]}
    if came_or_went := sorted(catalogued ^ {(asset.address, asset.kind) for asset in assets}):
        names = ", ".join(f"{address} ({kind})" for address, kind in came_or_went[:5])
        raise Refusal(
            f"assets came or went since they were catalogued: {names}.",
            where=f"source {source!r}",
            remedy="Clear the run from the task `discover` on, so that they are catalogued and decided on.",
        )


def source_checks(spec: Spec, source: str) -> tuple[Check, ...]:
    """The spec's own checks of one source."""
    return tuple(
        Check(check.name, check.source, check.sql, check.target_sql, check.expect)
        for check in spec.validation.checks
        if check.source == source
    )


def table_facts(run: StageRun, stage: str, source: str) -> tuple[TableFact, ...]:
    """Facts of whole tables, put together from the receipts of their units.

    Raises:
        Refusal: a pack of the plan has no record: its task did not run.
    """
    plan = run.evidence(stage, f"{source}-units")
    parts: dict[str, list[TableFact]] = defaultdict(list)
    for number, pack in enumerate(plan["packs"]):
        receipts = {unit["unit"]: unit for unit in run.evidence(stage, f"{source}-pack-{number}")["units"]}
        for unit in pack["units"]:
            parts[unit["table"]].append(TableFact(**receipts[unit["name"]]["fact"]))
    return tuple(combine(parts[table], table) for table in plan["tables"])
