"""Sends a short text to the people of a product, by mail or to a web hook.

Unlike a notice it may arrive twice: an alarm that is told once more does no harm, one that is lost does.
"""

from __future__ import annotations

from html import escape
from typing import Literal

from airflow.sdk.exceptions import AirflowException

from sunset.errors import Unavailable
from sunset_operators.connections import find_connection

_SECONDS = 30


def send(
    channel: Literal["email", "slack", "webhook"], conn_id: str, to: tuple[str, ...], subject: str, text: str
) -> None:
    """Send one text. A hook, Slack's among them, gets `{"text": ...}`.

    Raises:
        Refusal: Airflow knows no such connection.
        Unavailable: the server did not take it.
    """
    find_connection(conn_id)
    try:
        if channel == "email":
            _mail(conn_id, to, subject, text)
        else:
            _post(conn_id, f"{subject}\n{text}")
    except (OSError, AirflowException) as error:  # smtplib's and requests' errors are OSErrors
        raise _not_taken(conn_id, type(error).__name__) from error


def _mail(conn_id: str, to: tuple[str, ...], subject: str, text: str) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    with SmtpHook(smtp_conn_id=conn_id) as hook:
        hook.send_email_smtp(to=to, subject=subject, html_content=f"<p>{escape(text)}</p>")


def _post(conn_id: str, text: str) -> None:
    from airflow.providers.http.hooks.http import HttpHook

    hook = HttpHook(method="POST", http_conn_id=conn_id)
    # Not `hook.run`, which logs the address when it fails: the address of a hook is its password.
    session = hook.get_conn()
    answer = session.post(
        hook.base_url, json={"text": escape(text, quote=False)}, timeout=_SECONDS, allow_redirects=False
    )
    if not 200 <= answer.status_code < 300:
        raise _not_taken(conn_id, f"it answered {answer.status_code}")


def _not_taken(conn_id: str, why: str) -> Unavailable:
    remedy = "Look at the server, or at the connection; it is tried again."
    return Unavailable(f"the alarm was not taken: {why}.", where=f"connection {conn_id!r}", remedy=remedy)
