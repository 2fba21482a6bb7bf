"""Asks for one page, and asks again for as long as that is right: what the server says about waiting is obeyed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import SystemRandom

import httpx

from sunset.api.pages import Request
from sunset.api.waiting import asked_to_wait, is_passing
from sunset.errors import Refusal, SunsetError, Unavailable


@dataclass(frozen=True, slots=True)
class Manners:
    """How an API is treated.

    Attributes:
        attempts: how often one page is asked for before the task gives up, to be tried again later.
        longest_wait: seconds that one wait may take; a server that asks for more ends the task at once.
        first_wait: seconds of the first wait where the server names none; doubled each time, with jitter.
        per_second: requests a second at most; None for no limit of ours.
        timeout: seconds without a byte until a request counts as lost.
    """

    attempts: int = 6
    longest_wait: float = 300.0
    first_wait: float = 1.0
    per_second: float | None = None
    timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class Page:
    """The body of an answer, and the links of its header by relation."""

    body: bytes
    links: Mapping[str, str]


@dataclass(slots=True)
class ApiClient:
    """A session with one API, used by one thread.

    Attributes:
        http: carries the login, and no query parameters: httpx would put them in the place of an address's own.
        manners: how the API is treated.
        params: query parameters of every request; they may be secrets.
    """

    http: httpx.Client
    manners: Manners
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    sleep: Callable[[float], None] = time.sleep
    _asked: float = field(default=0.0, init=False)

    def get(self, request: Request, where: str) -> Page:
        """The answer to a request.

        Args:
            request: what to ask for.
            where: what the page is called in errors.

        Raises:
            Unavailable: no answer after all attempts, or the server asks for a longer wait than is allowed.
            Refusal: the server said no, or sends elsewhere.
        """
        attempt = 0
        while True:
            attempt += 1
            answer = self._ask(request, where)
            if isinstance(answer, httpx.Response) and not is_passing(answer):
                return _page(answer, where)
            if attempt == self.manners.attempts:
                raise _away(f"{_said(answer)}, {attempt} times.", where)
            self.sleep(self._wait(answer, attempt, where))

    def without_login(self, request: Request) -> Request:
        """A request without the parameters that every request carries: a server may repeat them in its addresses."""
        url = httpx.URL(request.url)
        for name in self.params:
            url = url.copy_remove_param(name)
        return replace(request, url=str(url))

    def _ask(self, request: Request, where: str) -> httpx.Response | httpx.RequestError:
        if self.manners.per_second:
            self.sleep(max(self._asked + 1 / self.manners.per_second - time.monotonic(), 0.0))
        self._asked = time.monotonic()
        try:
            url = httpx.URL(request.url).copy_merge_params({**self.params, **dict(request.params)})
            return self.http.get(url, timeout=self.manners.timeout)
        except httpx.RequestError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise Refusal(
                    f"its certificate does not hold: {str(error).partition(': ')[2] or error}.",
                    where=where,
                    remedy="Correct the host of the connection, or give the workers the authority's certificate.",
                ) from None
            return error

    def _wait(self, answer: httpx.Response | httpx.RequestError, attempt: int, where: str) -> float:
        asked = asked_to_wait(answer) if isinstance(answer, httpx.Response) else None
        if asked is None:
            ceiling = min(self.manners.first_wait * 2 ** (attempt - 1), self.manners.longest_wait)
            return float(ceiling * SystemRandom().uniform(0.5, 1.0))
        if asked > self.manners.longest_wait:
            raise _away(f"it asks to wait {asked:.0f} s, and {self.manners.longest_wait:.0f} s are allowed.", where)
        return asked


def _page(response: httpx.Response, where: str) -> Page:
    status = response.status_code
    if status == httpx.codes.OK:
        return Page(response.content, _links(response))
    if response.has_redirect_location:
        what, remedy = f"sends elsewhere (status {status}).", "Give the connection the final address."
    elif status in (401, 403):
        what, remedy = f"refuses the login (status {status}).", "Correct the login in the Airflow Connection."
    else:
        what, remedy = f"answered with status {status}.", "Check the endpoint and the parameters of the spec."
    raise Refusal(what, where=where, remedy=remedy)


def _links(response: httpx.Response) -> dict[str, str]:
    """Addresses by relation; one link may have several, in any case (RFC 8288, section 3.3)."""
    found = [(link.get("rel") or "", link["url"]) for link in response.links.values()]
    return {relation: url for relations, url in reversed(found) for relation in relations.lower().split()}


def _said(answer: httpx.Response | httpx.RequestError) -> str:
    if isinstance(answer, httpx.Response):
        return f"status {answer.status_code}"
    return type(answer).__name__


def _away(what: str, where: str) -> SunsetError:
    return Unavailable(what, where=where, remedy="The task is tried again later, from the page that it reached.")
