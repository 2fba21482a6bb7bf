"""What `sunset_watch` does for one product each day: archives read again, what falls due, alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from sunset.archive.fixity import WATCH, check, is_due, packed
from sunset.disposal.due import due
from sunset.dossier.dossier import Dossier
from sunset.errors import Deviation
from sunset_operators.alarms import AlarmNotifier, watch_alarms
from sunset_operators.connections import dossiers, store_at
from sunset_operators.days import today
from sunset_operators.retries import WITH_BACK_OFF

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.dossier.store import Store
    from sunset.spec import Spec


class WatchOperator(BaseOperator):
    """One daily task for one product.

    :param spec: the product's spec.
    """

    def __init__(self, *, spec: Spec, **kwargs: Any) -> None:
        super().__init__(**{**WITH_BACK_OFF, "on_failure_callback": AlarmNotifier(spec=spec), **kwargs})
        self.spec = spec

    @property
    def product_store(self) -> Store:
        return dossiers().child(self.spec.product)


class CheckFixity(WatchOperator):
    """Read every byte of the product's bags again, each when its turn comes; destroyed ones are left out.

    :param conn_id: connection of the archive's store (templated).
    """

    template_fields: Sequence[str] = ("conn_id",)

    def __init__(self, *, spec: Spec, **kwargs: Any) -> None:
        super().__init__(spec=spec, **kwargs)
        self.conn_id = spec.archive.conn_id

    def execute(self, context: Context) -> Any:
        product, every = self.product_store, self.spec.archive.fixity_every
        kept = [run for run in packed(product) if is_kept(product, run)]
        wanted = [run for run in kept if is_due(product, run, every, today())]
        shelf = store_at(self.spec.archive.path, self.conn_id).child(self.spec.product) if wanted else None
        found = [check(product, run, shelf.child(run), today()) for run in wanted if shelf]
        lines = tuple(f"{each.uri}: {problem}" for each in found for problem in each.problems)
        if lines:
            raise Deviation(
                f"archives do not hold, in {len(lines)} points: " + " | ".join(lines[:5]),
                where=self.spec.product,
                remedy="Bring the files back from a copy of the store; no disposal goes on before that.",
                differences=lines,
                record=f"{WATCH}/fixity",
            )
        return {"archives": len(kept), "read": len(found), "files": sum(each.files for each in found)}


class ReportDue(WatchOperator):
    """Say what may be destroyed from now on, what is kept by a hold, and whose retention ends soon."""

    def execute(self, context: Context) -> Any:
        found = due(self.spec, self.product_store, today())
        lines = [each.to_json() for each in found]
        for each in found:
            self.log.warning("%s", each)
        record = {"on": today().isoformat(), "due": lines}
        reference = Dossier(self.product_store.child(WATCH)).record("due", "due", record) if lines else None
        return {"due": len(lines), **(reference.to_json() if reference else {})}


class RaiseAlarms(WatchOperator):
    """Raise the alarms that come by the clock, and send what could not be sent before."""

    def execute(self, context: Context) -> Any:
        return {"alarms": len(watch_alarms(self.spec, self.product_store))}


def is_kept(product: Store, run: str) -> bool:
    """Whether the bag of a run is still to be there."""
    from sunset.disposal.certificates import ARCHIVE, certified

    return certified(product, run, ARCHIVE) is None
