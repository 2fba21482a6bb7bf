"""Asks for one page, and asks again for as long as that is right: what the server says about waiting is obeyed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from secrets import SystemRandom

import httpx

from sunset.api.pages import Request
from sunset.errors import Refusal, SunsetError, Unavailable

_PASSING = {408, 425, 429, 500, 502, 503, 504}
_RATE_LIMIT = ("X-RateLimit", "RateLimit", "X-Rate-Limit")
_A_MOMENT, _LONGEST_RESET = 10**9, 10
"""Resets of so many and more are seconds since 1970; digits that such a number has at most."""


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
            if isinstance(answer, httpx.Response) and not _passing(answer):
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
        asked = _retry_after(answer) if isinstance(answer, httpx.Response) else None
        if asked is None:
            ceiling = min(self.manners.first_wait * 2 ** (attempt - 1), self.manners.longest_wait)
            return float(ceiling * SystemRandom().uniform(0.5, 1.0))
        if asked > self.manners.longest_wait:
            raise _away(f"it asks to wait {asked:.0f} s, and {self.manners.longest_wait:.0f} s are allowed.", where)
        return asked


def _passing(response: httpx.Response) -> bool:
    """Whether the answer may be another one later: some servers say 403 where a rate limit is reached."""
    limited = "Retry-After" in response.headers or _used_up(response)
    return response.status_code in _PASSING or (response.status_code == httpx.codes.FORBIDDEN and limited)


def _used_up(response: httpx.Response) -> bool:
    return any(response.headers.get(f"{prefix}-Remaining", "").strip() == "0" for prefix in _RATE_LIMIT)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait, from either form of Retry-After (RFC 9110, section 10.2.3), else until a rate limit ends."""
    header = response.headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return _until_reset(response)
    return _seconds_until(until if until.tzinfo else until.replace(tzinfo=UTC))


def _until_reset(response: httpx.Response) -> float | None:
    """Seconds until a used-up rate limit begins anew; servers name the moment, or the seconds from now."""
    resets = [response.headers.get(f"{prefix}-Reset", "").strip() for prefix in _RATE_LIMIT]
    named = [float(reset) for reset in resets if reset.isdecimal() and len(reset) <= _LONGEST_RESET]
    if not named or not _used_up(response):
        return None
    moment = named[0] >= _A_MOMENT
    return _seconds_until(datetime.fromtimestamp(named[0], UTC)) if moment else named[0]


def _seconds_until(moment: datetime) -> float:
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _page(response: httpx.Response, where: str) -> Page:
    status = response.status_code
    if status == httpx.codes.OK:
        return Page(response.content, {name: link["url"] for name, link in response.links.items() if name})
    if response.has_redirect_location:
        what, remedy = f"sends elsewhere (status {status}).", "Give the connection the final address."
    elif status in (401, 403):
        what, remedy = f"refuses the login (status {status}).", "Correct the login in the Airflow Connection."
    else:
        what, remedy = f"answered with status {status}.", "Check the endpoint and the parameters of the spec."
    raise Refusal(what, where=where, remedy=remedy)


def _said(answer: httpx.Response | httpx.RequestError) -> str:
    if isinstance(answer, httpx.Response):
        return f"status {answer.status_code}"
    return type(answer).__name__


def _away(what: str, where: str) -> SunsetError:
    return Unavailable(what, where=where, remedy="The task is tried again later, from the page that it reached.")
