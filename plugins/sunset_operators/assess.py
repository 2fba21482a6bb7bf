"""Assess: what would stop the copy or make it fall short, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sunset.engine import Finding
from sunset.errors import Deviation, Refusal
from sunset_operators.archive import bag_of, shelf_of
from sunset_operators.base import SourceOperator
from sunset_operators.connections import postgres_endpoint
from sunset_operators.copy import source_checks
from sunset_operators.engines import connections_of

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun


class AssessSource(SourceOperator):
    """Run the preflight of a source; a finding of severity error stops the run here.

    :param target_conn_ids: connections of the targets, by source (templated).
    :param archive_conn_id: connection of the archive's store (templated).
    """

    template_fields: Sequence[str] = ("conn_ids", "target_conn_ids", "archive_conn_id")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_conn_ids = {source.name: connections_of(source)["target"] for source in self.spec.sources.tabular}
        self.archive_conn_id = self.spec.archive.conn_id

    def carry_out(self, run: StageRun, context: Context) -> Any:
        found = record_findings(run, self.source.name, self.findings(run))
        exposed = [finding.to_json() for finding in self.engine(run).exposed()]
        record = {"source": self.source.name, "findings": exposed}
        run.dossier.record("assess", f"{self.source.name}-security", record)
        return {**found, "exposed": len(exposed)}

    def findings(self, run: StageRun) -> tuple[Finding, ...]:
        """All that is to be said before anything is written."""
        return (
            *self.engine(run).assess(),
            *self.faulty_checks(run),
            *self.shared_targets(run),
            *archive_out_of_reach(run, self.archive_conn_id),
        )

    def faulty_checks(self, run: StageRun) -> Iterator[Finding]:
        """The spec's own checks that the source cannot answer."""
        for answer in self.engine(run).faulty(source_checks(self.spec, self.source.name)):
            message = f"the source cannot answer it: {answer.fault}."
            remedy = "Correct its SQL under validation.checks; names need their schema."
            yield Finding("error", "check", answer.check, message, remedy)

    def shared_targets(self, run: StageRun) -> Iterator[Finding]:
        """What another source of the run brings to the very same database, whatever its connection is called."""
        from sunset.database.postgres.identity import same_database

        mine = _brought(run, self.source.name)
        here = postgres_endpoint(self.target_conn_ids[self.source.name])
        for other in run.selected:
            if other == self.source.name or other not in self.target_conn_ids:
                continue
            if clash := mine.clash(_brought(run, other)):
                there = postgres_endpoint(self.target_conn_ids[other])
                if same_database(here, there, f"sunset {run.spec.product}"):
                    message = f"the source {other!r} goes to the same database, where {clash.why}."
                    yield Finding("error", "target_shared", clash.subject, message, "Give each source another target.")


@dataclass(frozen=True, slots=True)
class Clash:
    """What two sources cannot both bring to one database, and why."""

    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What a source brings to its target: its schemas, whether it has large objects, and what belongs to no schema."""

    schemas: frozenset[str]
    large_objects: bool
    unattached: frozenset[tuple[str, str]]

    def clash(self, other: Brought) -> Clash | None:
        """The first thing that the two cannot both bring to one database."""
        if both := sorted(self.schemas & other.schemas):
            return Clash(both[0], "a schema can come from one source alone")
        if self.large_objects and other.large_objects:
            return Clash("large objects", "their numbers can come from one source alone")
        if odd := sorted(self.unattached ^ other.unattached):
            kind, name = odd[0]
            return Clash(name, f"this {kind} would belong to both sources, and only one of them has it")
        made = sorted(name for kind, name in self.unattached if kind != "extension")
        return Clash(made[0], "it can come from one source alone") if made else None


def record_findings(run: StageRun, source: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Put the findings of a source on record.

    Raises:
        Deviation: one of them is of severity error.
    """
    record = {"source": source, "findings": [finding.to_json() for finding in findings]}
    reference = run.dossier.record("assess", source, record)
    errors = tuple(
        f"{finding.code}: {finding.subject}: {finding.message} {finding.remedy}".strip()
        for finding in findings
        if finding.severity == "error"
    )
    if errors:
        raise Deviation(
            f"{len(errors)} findings stop the run: " + " | ".join(errors[:5]),
            where=f"source {source!r}",
            remedy="",
            differences=errors,
            record=reference.path,
        )
    return {**reference.to_json(), **Counter(finding.severity for finding in findings)}


def archive_out_of_reach(run: StageRun, conn_id: str | None) -> Iterator[Finding]:
    """The archive is filled last, and looked for first; a dry run writes nothing, so it only looks."""
    try:
        bag_of(run, conn_id).scan()
        if run.reaches("rehearse"):
            shelf_of(run, conn_id).prove_writable()
    except Refusal as error:
        yield Finding("error", "archive", error.where, error.what, error.remedy)


def _brought(run: StageRun, source: str) -> Brought:
    assets = [each for each in run.evidence("discover", source)["assets"] if each["do"] == "migrate"]
    return Brought(
        frozenset(each["namespace"] for each in assets if each["namespace"] and each["kind"] != "large objects"),
        any(each["kind"] == "large objects" for each in assets),
        frozenset((each["kind"], each["address"]) for each in assets if not each["namespace"]),
    )
