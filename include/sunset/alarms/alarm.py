"""An alarm: something that people should look at before it becomes a failure, or that failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

AlarmKind = Literal["stalled", "error_share", "deviation", "failed", "deadline", "rehearsal_overdue", "retention_due"]

TITLES: dict[AlarmKind, str] = {
    "stalled": "A transfer stands still",
    "error_share": "Too many units failed",
    "deviation": "Something differs",
    "failed": "A task failed",
    "deadline": "A date is at risk",
    "rehearsal_overdue": "A rehearsal is overdue",
    "retention_due": "A retention ends",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One warning.

    Attributes:
        product: id of the product.
        kind: what it is about.
        subject: the task, date or archive concerned; together with kind and run it says whether an alarm is the same.
        message: one sentence, without values of rows.
        remedy: what to do next.
        run_id: the Airflow run; empty where it is about the product.
    """

    product: str
    kind: AlarmKind
    subject: str
    message: str
    remedy: str
    run_id: str = ""

    @property
    def headline(self) -> str:
        """One line, for a subject."""
        return f"{self.product}: {TITLES[self.kind]}: {self.subject}"

    def __str__(self) -> str:
        of_run = f" (run {self.run_id})" if self.run_id else ""
        return f"{self.headline}: {self.message} {self.remedy}{of_run}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
