"""The people concerned are told.

Sending stands beside the way of the run: a mail server that is away must not cost the product its freeze window. It
ends before the round is recorded, so that no record comes into the dossier while people are asked about its seal.
"""

from __future__ import annotations

from airflow.sdk import BaseOperator, TaskGroup

from sunset.spec import Spec
from sunset_operators.announce import PreviewNotices, SendNotices


def announce(spec: Spec) -> tuple[BaseOperator, BaseOperator]:
    """The preview, which every run goes through, and the sending."""
    with TaskGroup("announce", tooltip="Preview the notices, send what is due"):
        preview = PreviewNotices(task_id="preview", spec=spec)
        send = SendNotices(task_id="send", spec=spec, from_mode="execute")
        preview >> send
    return preview, send
