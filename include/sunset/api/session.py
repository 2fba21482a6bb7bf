"""A session with an API: its address and its login, which are shown nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from sunset.api.client import ApiClient, Manners
from sunset.errors import Refusal


@dataclass(frozen=True, slots=True)
class ApiLogin:
    """Where an API is, and what every request to it carries.

    Attributes:
        base: address that endpoints are below, without a slash at its end.
        auth: the login, or None.
        headers, params: further headers and query parameters; they may be secrets.
        verify: path of the certificate authority's file, or True for those that the machine trusts.
    """

    base: str
    auth: httpx.Auth | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: str | bool = True

    def at(self, endpoint: str) -> str:
        """The address of an endpoint."""
        return f"{self.base}/{endpoint.lstrip('/')}"


@contextmanager
def open_client(login: ApiLogin, manners: Manners) -> Iterator[ApiClient]:
    """A session for the length of the block.

    Raises:
        Refusal: the certificate authority's file cannot be read.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its log has whole addresses, with keys in the query
    try:
        http = httpx.Client(auth=login.auth, headers=login.headers, verify=login.verify)
    except OSError as error:
        raise Refusal(
            f"the certificate authority's file cannot be read: {error.strerror or error}.",
            where=login.base,
            remedy="Correct `verify` in the extra fields of the Airflow Connection.",
        ) from None
    with http:
        yield ApiClient(http, manners, login.params)
