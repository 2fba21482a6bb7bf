"""Brings notices to people: by mail through Airflow's smtp provider, to Slack and other hooks through the http one.

What may have been taken is told apart from what certainly was not: only the latter is ever sent again.
"""

from __future__ import annotations

import smtplib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowException

from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.notices.delivery import InDoubt
from sunset_operators.connections import find_connection

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from sunset.notices.delivery import Message

_SECONDS = 30
_LATER = frozenset({408, 425, 429, 500, 503})
_UNCLEAR = frozenset({502, 504})
"""What a proxy says when it does not know what the hook behind it did."""


def bring(message: Message) -> None:
    """Send one message.

    Raises:
        Unavailable, Refusal, InDoubt: as `sunset.notices.delivery.Messenger`.
    """
    connection = find_connection(message.audience.conn_id)
    if message.audience.channel == "email":
        _mail(message, connection)
    else:
        _post(message, connection)


def _mail(message: Message, connection: Connection) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    where = f"connection {connection.conn_id!r}"
    if not connection.extra_dejson.get("from_email"):
        raise Refusal("the mail connection has no sender.", where=where, remedy="Fill in its field From email.")
    with ExitStack() as undo:
        try:
            hook = undo.enter_context(SmtpHook(smtp_conn_id=message.audience.conn_id))
        except smtplib.SMTPAuthenticationError as error:
            raise Refusal("the mail server refused the login.", where=where, remedy="Mend the connection.") from error
        except (OSError, AirflowException) as error:  # smtplib's errors are OSErrors
            raise _away("the mail server cannot be reached", where, error) from error
        try:
            hook.send_email_smtp(
                to=[message.to],
                subject=message.words.subject,
                html_content=message.words.html,
                custom_headers={"Message-ID": f"<{message.mark}@sunset.invalid>", "Auto-Submitted": "auto-generated"},
            )
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            raise _refused("the mail server refused the notice", where, _smtp_code(error)) from error
        except UnicodeEncodeError as error:
            what = "the address has other letters than ASCII, which this server is not asked to take."
            raise Refusal(what, where=where, remedy="Give another address.") from error
        except OSError as error:
            raise _in_doubt("the line to the mail server broke", where, error) from error


def _post(message: Message, connection: Connection) -> None:
    import requests
    from airflow.providers.http.hooks.http import HttpHook

    where = f"connection {connection.conn_id!r}"
    hook = HttpHook(method="POST", http_conn_id=message.audience.conn_id)
    try:
        # Not `hook.run`, which logs the address when it fails: the address of a hook is its password.
        session = hook.get_conn(headers={"Idempotency-Key": message.mark})
        answer = session.post(hook.base_url, json=_body(message), timeout=_SECONDS, allow_redirects=False)
    except (requests.exceptions.SSLError, requests.exceptions.ConnectTimeout) as error:
        raise _away("the hook cannot be reached", where, error) from error
    except requests.exceptions.ConnectionError as error:
        if _never_connected(error):
            raise _away("the hook cannot be reached", where, error) from error
        raise _in_doubt("the line to the hook broke", where, error) from error
    except requests.exceptions.Timeout as error:
        raise _in_doubt("the hook did not answer", where, error) from error
    except requests.exceptions.RequestException as error:
        raise Refusal("the hook's address cannot be used.", where=where, remedy="Mend the connection.") from error
    if answer.status_code in _UNCLEAR:
        raise _in_doubt(f"the hook answered {answer.status_code}", where, None)
    if not 200 <= answer.status_code < 300:
        raise _refused("the hook refused the notice", where, answer.status_code)


def _body(message: Message) -> dict[str, Any]:
    if message.audience.channel == "slack":
        return {"text": _for_slack(f"{message.words.subject}\n\n{message.words.text}")}
    return {
        "id": message.mark,
        "product": message.product,
        "audience": message.audience.name,
        "day": message.day.isoformat(),
        "language": message.facts.language,
        "subject": message.words.subject,
        "text": message.words.text,
        "html": message.words.html,
        "headers": message.headers,
    }


def _for_slack(text: str) -> str:
    """Slack reads `<!channel>` and links in angle brackets: a notice mentions nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _never_connected(error: Exception) -> bool:
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (ConnectTimeoutError, NewConnectionError))


def _smtp_code(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> int:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    return max(code for code, _ in error.recipients.values())


def _refused(what: str, where: str, code: int) -> SunsetError:
    """The server said no: in mail 4xx is for now and 5xx for good, in HTTP as the code itself says."""
    later = code in _LATER if "hook" in what else code < 500
    kind = Unavailable if later else Refusal
    return kind(f"{what}: {code}.", where=where, remedy="Look at the server, or at the connection.")


def _away(what: str, where: str, error: Exception) -> Unavailable:
    return Unavailable(f"{what}: {type(error).__name__}.", where=where, remedy="It is tried again.")


def _in_doubt(what: str, where: str, error: Exception | None) -> InDoubt:
    because = f" ({type(error).__name__})" if error else ""
    return InDoubt(f"{what}{because}: it may have been taken.", where=where, remedy="Ask a recipient.")
