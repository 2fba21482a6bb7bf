"""One run as a task sees it: the spec, how far it goes, who asked for it and where its evidence lies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sunset.dossier.dossier import Dossier
from sunset.dossier.store import Store
from sunset.errors import Refusal
from sunset_operators.connections import dossiers

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.spec import Spec

Mode = Literal["dry_run", "rehearse", "execute"]
_AIRFLOW_RUN_ID = re.compile(r"[a-z_]+__\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00(_\w+)?")
MODES: tuple[Mode, ...] = ("dry_run", "rehearse", "execute")


@dataclass(frozen=True, slots=True)
class StageRun:
    """What a task needs to know of its run.

    Attributes:
        spec: the product's spec.
        mode: how far this run goes.
        run_id: Airflow's id of the run.
        reason: why it was started, in the words of whoever started it.
        started_by: Airflow user who triggered it, or `schedule`.
        selected: names of the sources that take part.
        product_store: the folder of the product's dossiers and rounds.
    """

    spec: Spec
    mode: Mode
    run_id: str
    reason: str
    started_by: str
    selected: tuple[str, ...]
    product_store: Store

    @classmethod
    def of(cls, spec: Spec, context: Context) -> StageRun:
        """Read the run from a task's context; opens the dossier store.

        Raises:
            Refusal: the run asks for a source that the spec does not have, or the store cannot be used.
            Unavailable: the store does not answer.
        """
        run, params = context["dag_run"], context["params"]
        scheduled = str(run.run_type) == "scheduled"
        chosen = params.get("sources") or []
        _require_known(spec, chosen)
        return cls(
            spec=spec,
            mode=spec.rehearsal.mode if scheduled else params.get("mode", "dry_run"),  # a disposal has none
            run_id=run.run_id,
            reason="scheduled rehearsal" if scheduled else str(params.get("reason") or ""),
            started_by="schedule" if scheduled else str(run.triggering_user_name or "unknown"),
            selected=tuple(name for name in spec.source_names if not chosen or name in chosen),
            product_store=dossiers().child(spec.product),
        )

    @property
    def dossier(self) -> Dossier:
        return Dossier(self.product_store.child(run_folder(self.run_id)))

    def evidence(self, stage: str, name: str) -> dict[str, Any]:
        """A record of this run that has to be there.

        Raises:
            Refusal: it is not.
        """
        record = self.dossier.latest(stage, name)
        if record is None:
            raise Refusal(
                f"the dossier has no record {name!r} of the stage {stage}.",
                where=self.run_id,
                remedy="Clear the task that writes it; it was skipped, or marked as success by hand.",
            )
        return record

    def reaches(self, mode: Mode) -> bool:
        """Whether a run of this mode goes as far as `mode`."""
        return MODES.index(self.mode) >= MODES.index(mode)

    def describe(self) -> dict[str, Any]:
        """The run in the words of the dossier."""
        return {
            "product": self.spec.product,
            "run_id": self.run_id,
            "mode": self.mode,
            "reason": self.reason,
            "started_by": self.started_by,
            "sources": list(self.selected),
            "spec_digest": self.spec.digest,
        }


def _require_known(spec: Spec, chosen: Sequence[str]) -> None:
    if unknown := sorted(set(chosen) - set(spec.source_names)):
        raise Refusal(
            f"the spec has no source {', '.join(unknown)}; it has {', '.join(spec.source_names)}.",
            where=f"{spec.product}: sources",
            remedy="Choose among the sources of the trigger form.",
        )


def run_folder(run_id: str) -> str:
    """The folder of a run: readable, and distinct for distinct run ids.

    Airflow's own run ids map one to one; any other that needs a change gets a hash.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]", "-", run_id)
    if name == run_id or _AIRFLOW_RUN_ID.fullmatch(run_id):
        return name
    return f"{name[:150]}.{hashlib.sha256(run_id.encode()).hexdigest()[:12]}"
