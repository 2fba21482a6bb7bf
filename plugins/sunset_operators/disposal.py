"""A disposal, task by task: list and check, destroy, look for what is left, certify."""

from __future__ import annotations

import socket
from abc import abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from sunset.disposal.approved import LIST, Approved, approved_list
from sunset.disposal.certificates import ARCHIVE, certificate, certified, outline, to_json
from sunset.disposal.items import read_items
from sunset.dossier.seal import seal, seals
from sunset.reports.pages import certificate_page
from sunset_operators.disposal_conditions import (
    list_faults,
    people_faults,
    require_none,
    retirement_faults,
    standing_faults,
    write_list,
)
from sunset_operators.disposal_run import DisposalRun, OfDisposal, disposable
from sunset_operators.disposal_subjects import Subject, subject_of
from sunset_operators.engines import connections_of
from sunset_operators.file_base import work_folder
from sunset_operators.file_places import conn_ids_of

if TYPE_CHECKING:
    from pathlib import Path

    from airflow.sdk import Context

    from sunset.dossier.dossier import Dossier
    from sunset.spec import Spec
    from sunset_operators.stage_run import StageRun


class DisposalOperator(OfDisposal):
    """One task of a disposal on its subject.

    :param conn_ids: connection ids of each source by part, and of the archive (templated).
    """

    template_fields: Sequence[str] = ("conn_ids",)

    def __init__(self, *, spec: Spec, **kwargs: Any) -> None:
        super().__init__(spec=spec, **kwargs)
        self.conn_ids: dict[str, dict[str, str | None]] = {
            **{source.name: {**connections_of(source)} for source in spec.sources.databases},
            **{source.name: conn_ids_of(source) for source in spec.sources.files},
            ARCHIVE: {ARCHIVE: spec.archive.conn_id},
        }

    def carry_out(self, run: StageRun, context: Context) -> Any:
        disposal = DisposalRun.of(self.spec, context)
        done = certified(disposal.product_store, disposal.folder, disposal.subject)
        if done and done[0] != run.dossier.store.root.rstrip("/").rpartition("/")[2]:
            raise AirflowSkipException(f"{disposal.subject} was destroyed already, as {done[0]} certifies.")
        return self.work(disposal, subject_of(disposal, self.conn_ids))

    @abstractmethod
    def work(self, run: DisposalRun, subject: Subject) -> Any:
        """Do the task's work on the subject."""

    def worker(self, run: DisposalRun) -> str:
        """Who carries it out, for the records."""
        return f"Airflow run {run.own.run_id}, task {self.task_id} on {socket.gethostname()}"


class ListForDestruction(DisposalOperator):
    """Check every condition, and write down, one by one, what is to be destroyed."""

    def work(self, run: DisposalRun, subject: Subject) -> Any:
        with work_folder() as folder:
            require_none(run, [*retirement_faults(run)])  # the rest is held against its records
            faults = [*standing_faults(run, subject, folder), *subject.state_faults(folder)]
            run.own.dossier.record(LIST, "conditions", {"differences": faults})
            require_none(run, faults)
            items = write_list(subject, folder)
            run.own.dossier.add_tree(LIST, run.items_name, items.parent)
            basis = {**self.basis(run, subject), "outline": outline(read_items(items))}
        reference = run.own.dossier.record(LIST, "basis", basis)
        return {**reference.to_json(), **basis["outline"]}

    def basis(self, run: DisposalRun, subject: Subject) -> dict[str, Any]:
        """What is to be destroyed, why, and on which retirement it rests."""
        closing = seals(run.retired.dossier.store).links()[-1]  # the conditions have just proven that it holds
        return {
            "product": self.spec.product,
            "title": self.spec.title,
            "subject": run.subject,
            "kind": subject.kind,
            "place": subject.destroyer().place,
            "extent": run.extent,
            "reason": run.own.reason,
            "requested_by": run.own.started_by,
            "spec_digest": self.spec.digest,
            "retirement": {"run_id": run.retired.run_id, "folder": run.folder, "digest": closing.digest},
            "people": {
                user: {"name": person.name, "email": person.email, "roles": list(person.roles)}
                for user, person in self.spec.people.items()
                if user in self.spec.approvers
            },
        }


class DestroyListed(DisposalOperator):
    """Check every condition once more, and destroy what is on the approved list."""

    def work(self, run: DisposalRun, subject: Subject) -> Any:
        dossier = run.own.dossier
        if earlier := dossier.latest("destroy", "outcome"):
            return {"ended_at": earlier["ended_at"]}
        approved = approved_list(dossier)
        with work_folder() as folder:
            items = fetch_list(dossier, approved, folder)
            require_none(run, [*retirement_faults(run)])
            require_none(run, [*standing_faults(run, subject, folder), *people_faults(run, approved)])
            if run.begun is None or subject.is_whole(read_items(items)):
                require_none(run, [*subject.state_faults(folder), *list_faults(subject, items, folder)])
            begun = run.begun
            if begun is None:
                begun = {"began_at": now(), "by": self.worker(run), "list": approved.sha256}
                # On record before it happens: a task that is killed goes on, though the source is no longer whole.
                dossier.record("destroy", "intent", begun)
            destroyer = subject.destroyer()
            outcome = {
                **begun,
                "method": destroyer.method,
                "tool": destroyer.tool(),
                "left": to_json(destroyer.destroy(read_items(items))),
                "ended_at": now(),
            }
        return {**dossier.record("destroy", "outcome", outcome).to_json(), "left": len(outcome["left"])}


class ProbeForRemnants(DisposalOperator):
    """Look for everything that was on the list, and for what may hold a copy of it."""

    def work(self, run: DisposalRun, subject: Subject) -> Any:
        run.own.evidence("destroy", "outcome")
        with work_folder() as folder:
            items = fetch_list(run.own.dossier, approved_list(run.own.dossier), folder)
            left = to_json((*subject.destroyer().remnants(read_items(items)), *subject.copies()))
        how = "the place was listed again in full, and held against the list; then copies were looked for"
        record = {"how": how, "by": self.worker(run), "at": now(), "left": left}
        return {**run.own.dossier.record("probe", "left", record).to_json(), "left": len(left)}


class Certify(DisposalOperator):
    """Write the certificate, once, and seal the disposal."""

    def work(self, run: DisposalRun, subject: Subject) -> Any:
        dossier = run.own.dossier
        record = dossier.latest("certify", "certificate") or certificate(
            run.own.evidence(LIST, "basis"),
            approved_list(dossier),
            run.own.evidence("destroy", "outcome"),
            run.own.evidence("probe", "left"),
        )
        reference = dossier.record("certify", "certificate", record)
        dossier.page("certify", "certificate", certificate_page(record, self.spec.notices.language), "html")
        sealed = seal(dossier, "close")
        return {**reference.to_json(), "digest": sealed.digest, "complete": record["complete"]}


def fetch_list(dossier: Dossier, approved: Approved, folder: Path) -> Path:
    """The approved list as a local file."""
    local = folder / "approved.jsonl"
    with local.open("wb") as file:
        file.writelines(dossier.store.chunks(approved.path))
    return local


def now() -> str:
    """This moment in UTC, for records."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def subjects(spec: Spec) -> tuple[str, ...]:
    """What the trigger form offers."""
    return (*disposable(spec), ARCHIVE)
