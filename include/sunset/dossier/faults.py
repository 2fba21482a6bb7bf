"""What a store's own errors mean to Sunset: gone for now, or refused for good."""

from __future__ import annotations

import errno
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sunset.dossier.names import shown
from sunset.errors import Refusal, SunsetError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRANSIENT = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.ECONNABORTED,
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.EHOSTUNREACH,
        errno.EIO,
        errno.ENETUNREACH,
        errno.ENOTEMPTY,  # another writer was at work in a folder that was being removed
        errno.EPIPE,
        errno.ESTALE,
        errno.ETIMEDOUT,
        getattr(errno, "EREMOTEIO", errno.EIO),
    }
)


class Missing(Refusal):
    """A file, folder or bucket is not there."""


class AlreadyWritten(Refusal):
    """A file that is written once exists with other content."""


@contextmanager
def translated(uri: str, path: str = "") -> Iterator[None]:
    """Turn errors of the file system into Sunset's, naming the store's URI, which holds no credentials.

    Raises:
        Missing: nothing there.
        Refusal: no permission, no space, no credentials, a name the store does not take.
        Unavailable: the store did not answer or answered with a failure of its own.
    """
    try:
        yield
    except _failures() as error:
        raise _translate(error, f"{uri}/{shown(path)}" if path else uri) from error


def _failures() -> tuple[type[Exception], ...]:
    """OSError, and the SDK's own errors where an SDK is in use at all."""
    sdk = sys.modules.get("botocore.exceptions")
    return (OSError,) if sdk is None else (OSError, sdk.BotoCoreError)


def _translate(error: Exception, where: str) -> SunsetError:
    if isinstance(error, FileNotFoundError):
        return Missing("is not there.", where=where, remedy="Check the path, and that the bucket or folder exists.")
    if _is_transient(error):
        return Unavailable(f"the store did not answer: {error}.", where=where, remedy="Try again later.")
    return Refusal(f"the store refused: {error}.", where=where, remedy="Check permission, credentials and space.")


def _is_transient(error: Exception) -> bool:
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError | TimeoutError) or error.errno in _TRANSIENT
    sdk = sys.modules["botocore.exceptions"]
    return isinstance(error, sdk.ConnectionError | sdk.HTTPClientError)
