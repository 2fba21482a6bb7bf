"""Announce: who is told what and when; what is due is sent, to everybody once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunset.errors import Unavailable
from sunset.notices.delivery import Sender
from sunset.notices.due import planned, send_announced, send_due
from sunset.notices.headers import headers
from sunset.notices.ledger import NOTICES, Ledger
from sunset.notices.rendering import Templates
from sunset_operators import settings
from sunset_operators.base import StageOperator
from sunset_operators.days import today
from sunset_operators.evidence import require_before
from sunset_operators.messengers import bring
from sunset_operators.watch import WatchOperator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow.sdk import Context

    from sunset.dossier.store import Store
    from sunset.notices.delivery import Told
    from sunset_operators.stage_run import StageRun


class PreviewNotices(StageOperator):
    """Record every notice of the spec in its words, due or not, with headers for the product's own API."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "announce")
        ledger, notices = Ledger(run.product_store), []
        for audience, day, facts, words in planned(self.spec, _templates(), ledger):
            page = run.dossier.page("announce", f"{audience.name}-{day}", words.html, "html")
            ledger.preview(facts.digest)
            notices.append(
                {
                    "audience": audience.name,
                    "channel": audience.channel,
                    "to": list(audience.to),
                    "day": day.isoformat(),
                    "language": facts.language,
                    "subject": words.subject,
                    "facts": facts.digest,
                    "page": page.path,
                }
            )
        record = {**run.describe(), "headers": headers(self.spec), "notices": notices}
        return {**run.dossier.record("announce", "notices", record).to_json(), "notices": len(notices)}


class SendNotices(StageOperator):
    """Send what is due. What could not be sent goes on record and fails the task, not the stages behind it."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        require_before(run, "announce")
        told = send_due(self.spec, today(), _sender(run.product_store, run.run_id))
        faults = _faults(told)
        record = {**run.describe(), "notices": [each.to_json() for each in told], "differences": faults}
        reference = run.dossier.record("announce", "sent", record)
        if faults:
            raise _not_told(faults, self.spec.product)
        return {**reference.to_json(), "sent": len(told)}


class SendDueNotices(WatchOperator):
    """Send what is due by the clock, once the announcement has come and for notices that a run has shown.

    The ledger is the record; what did not certainly reach its recipient fails the task.
    """

    def execute(self, context: Context) -> int:
        told = send_announced(self.spec, today(), _sender(self.product_store, str(context["run_id"])))
        if faults := _faults(told):
            raise _not_told(faults, self.spec.product)
        return len(told)


def _faults(told: Iterable[Told]) -> list[str]:
    return [each.fault for each in told if each.fault]


def _not_told(faults: list[str], product: str) -> Unavailable:
    return Unavailable(
        f"{len(faults)} notices did not certainly reach their recipients: {' | '.join(faults[:5])}.",
        where=f"{product}: notices",
        remedy=f"What failed is sent again; what is in doubt is not: ask, then see the folder {NOTICES}.",
    )


def _sender(product_store: Store, run_id: str) -> Sender:
    return Sender(Ledger(product_store), bring, _templates(), run_id)


def _templates() -> Templates:
    return Templates(settings.notice_templates())
