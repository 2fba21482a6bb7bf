"""One disposal as its tasks see it: its own evidence, and the retirement that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sunset.disposal.certificates import ARCHIVE, DISPOSALS
from sunset.errors import Refusal
from sunset_operators.base import StageOperator
from sunset_operators.connections import dossiers
from sunset_operators.stage_run import StageRun, run_folder

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.dossier.store import Store
    from sunset.spec import Spec

Extent = Literal["contents", "database"]


@dataclass(frozen=True, slots=True)
class DisposalRun:
    """What is to be destroyed, and on what it rests.

    Attributes:
        own: the disposal itself; its dossier lies below the product's `disposals`.
        retired: the run that retired the product.
        subject: name of a source, or `archive`.
        extent: what of a database goes: the objects of the catalogue, or the whole database.
    """

    own: StageRun
    retired: StageRun
    subject: str
    extent: Extent

    @classmethod
    def of(cls, spec: Spec, context: Context) -> DisposalRun:
        """Read the disposal from a task's context.

        Raises:
            Refusal: the form names no such source, or no retirement of this product.
        """
        params, own = context["params"], own_run(spec, context)
        subject, run_id = str(params["subject"] or ""), str(params["run"] or "").strip()
        if subject not in (*disposable(spec), ARCHIVE):
            raise _wrong(spec, f"nothing of the name {subject!r} can be destroyed.")
        product = dossiers().child(spec.product)
        retired = StageRun(
            spec=spec,
            mode="execute",
            run_id=run_id,
            reason=own.reason,
            started_by=own.started_by,
            selected=spec.source_names,
            product_store=product,
        )
        decision = retired.dossier.latest("decide", "decision") if run_id else None
        if decision is None:
            raise _wrong(spec, f"no run {run_id!r} of this product left a dossier.")
        return cls(own, retired, subject, params["extent"])

    @property
    def product_store(self) -> Store:
        return self.retired.product_store

    @property
    def folder(self) -> str:
        """Folder of the retirement."""
        return run_folder(self.retired.run_id)

    @property
    def begun(self) -> dict[str, Any] | None:
        """The record that it began to destroy; a task that is run again goes on from there."""
        return self.own.dossier.latest("destroy", "intent")

    @property
    def items_name(self) -> str:
        return f"{self.subject}-items"


def own_run(spec: Spec, context: Context) -> StageRun:
    """The disposal as a run of its own, with a dossier below the product's disposals."""
    run = context["dag_run"]
    return StageRun(
        spec=spec,
        mode="execute",
        run_id=run.run_id,
        reason=str(context["params"].get("reason") or ""),
        started_by=str(run.triggering_user_name or "unknown"),
        selected=(),
        product_store=dossiers().child(spec.product).child(DISPOSALS),
    )


def disposable(spec: Spec) -> tuple[str, ...]:
    """Names of the sources that Sunset can destroy: an API's collection is not ours to delete."""
    return (*(source.name for source in spec.sources.databases), *(source.name for source in spec.sources.files))


class OfDisposal(StageOperator):
    """A task of a disposal: whatever the base class does with a run, it does with the disposal's own."""

    def execute(self, context: Context) -> Any:
        return self.carry_out(own_run(self.spec, context), context)


def _wrong(spec: Spec, what: str) -> Refusal:
    return Refusal(what, where=f"{spec.product}: disposal", remedy="Correct the trigger form.")
