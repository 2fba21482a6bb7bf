"""Announce: who is told what and when; what is due is sent, to everybody once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from sunset.errors import Unavailable
from sunset.notices.delivery import Sender
from sunset.notices.due import planned, send_due, send_due_of_all
from sunset.notices.headers import headers
from sunset.notices.ledger import NOTICES, Ledger
from sunset.notices.rendering import Templates
from sunset.spec import load_folder
from sunset_operators import settings
from sunset_operators.base import StageOperator
from sunset_operators.connections import dossiers
from sunset_operators.evidence import require_before
from sunset_operators.messengers import bring
from sunset_operators.retries import WITH_BACK_OFF

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
        told = send_due(self.spec, _today(), _sender(run.product_store, run.run_id))
        faults = _faults(told)
        record = {**run.describe(), "notices": [each.to_json() for each in told], "differences": faults}
        reference = run.dossier.record("announce", "sent", record)
        if faults:
            raise _not_told(faults, self.spec.product)
        return {**reference.to_json(), "sent": len(told)}


class SendAllDueNotices(BaseOperator):
    """Send what is due by the clock, for every product whose announcement has come and whose notices a run showed.

    Returns how many notices of each product are with their recipients.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**WITH_BACK_OFF, **kwargs})

    def execute(self, context: Context) -> dict[str, int]:
        store, specs, run_id = dossiers(), load_folder(settings.products()).specs, str(context["run_id"])
        told = send_due_of_all(specs, _today(), lambda spec: _sender(store.child(spec.product), run_id))
        if faults := _faults(each for product in told.values() for each in product):
            raise _not_told(faults, ", ".join(product for product, notices in told.items() if _faults(notices)))
        return {product: len(notices) for product, notices in told.items()}


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


def _today() -> date:
    return datetime.now(UTC).date()
