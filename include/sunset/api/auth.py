"""Logins that httpx does not bring along: a fixed token, and OAuth2 client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

import httpx

from sunset.api.waiting import is_passing
from sunset.errors import Refusal


@dataclass(slots=True)
class Token(httpx.Auth):
    """A token that does not change."""

    token: str = field(repr=False)
    scheme: str = "Bearer"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"{self.scheme} {self.token}"
        yield request


@dataclass(slots=True)
class ClientCredentials(httpx.Auth):
    """A token that is fetched when it is needed, and once more when the API no longer takes it.

    What the token server says of its lifetime is not believed: the API's own 401 decides.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    _token: str = field(default="", repr=False)

    requires_response_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._token and not (yield from self._fetch()):
            return
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and (yield from self._fetch()):
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _fetch(self) -> Generator[httpx.Request, httpx.Response, bool]:
        """Whether there is a token now; if not, the token server's answer becomes that of the request, to be judged."""
        form = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        asking = httpx.Request("POST", self.token_url, data=form)
        login = httpx.BasicAuth(self.client_id, self.client_secret)
        response = yield next(login.auth_flow(asking))
        if is_passing(response):
            return False
        if response.status_code != httpx.codes.OK:
            raise Refusal(
                f"gave no token: status {response.status_code}.",
                where=self.token_url,
                remedy="Correct client id, secret and scope in the Airflow Connection.",
            )
        try:
            self._token = response.json()["access_token"]
        except (ValueError, KeyError, TypeError):
            raise Refusal(
                "answered without an access token.", where=self.token_url, remedy="Correct `token_url`."
            ) from None
        return True
