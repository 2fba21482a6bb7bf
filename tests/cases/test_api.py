"""Real problems of REST APIs as small inputs: exported page by page from a server that makes each of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.api import api_server
from sunset.api.auth import ClientCredentials, Token
from sunset.api.body import decode, items_of
from sunset.api.client import ApiClient, Manners
from sunset.api.export import Collection, Exported, export
from sunset.api.pagelog import PageLog
from sunset.dossier.store import open_store
from sunset.errors import Refusal, Unavailable
from sunset.spec.pagination import Cursor, NextUrl, Offset

pytestmark = pytest.mark.integration

NEXT_PAGE = Cursor(kind="cursor", param="page", next="next_page")


class Api:
    """The server, and what it was asked."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder
        self.manners = Manners(attempts=5, longest_wait=10, first_wait=0.1, timeout=5)
        self.auth: httpx.Auth | None = None

    def export(self, path: str, pagination: Any, log: PageLog | None = None) -> Exported:
        collection = Collection("tickets", f"{self.address}{path}", "items", "id", pagination)
        with httpx.Client(auth=self.auth) as http:
            return export(ApiClient(http, self.manners), collection, log or self.log, print, lambda *_: None)

    @property
    def log(self) -> PageLog:
        return PageLog(open_store(str(self.folder / "pages")))

    @property
    def items(self) -> list[dict[str, Any]]:
        return [item for kept in self.log.pages() for item in items_of(decode(kept.body, ""), "items", "")]

    @property
    def ids(self) -> list[Any]:
        return [item["id"] for item in self.items]

    @property
    def asked(self) -> list[tuple[str, str, int]]:
        return [tuple(line) for line in httpx.get(f"{self.address}/log").json() if line[1] != "/reset"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with api_server() as address:
        yield address


@pytest.fixture
def api(server: str, tmp_path: Path) -> Api:
    httpx.get(f"{server}/reset")
    return Api(server, tmp_path)


class TestApi01:
    """429 and Retry-After."""

    def test_every_form_of_waiting_is_obeyed(self, api: Api) -> None:
        began = time.monotonic()
        api.export("/a1", NEXT_PAGE)
        assert api.ids == [1, 2, 3, 4, 5, 6]
        assert time.monotonic() - began >= 4.5
        assert 403 not in [status for *_, status in api.asked]

    def test_a_wait_that_is_too_long_gives_up_at_once(self, api: Api) -> None:
        api.manners = replace(api.manners, longest_wait=1)
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"tickets: page 1 .*asks to wait 2 s, and 1 s are allowed"):
            api.export("/a1", NEXT_PAGE)
        assert time.monotonic() - began < 1


class TestApi02:
    """An error in the middle is not the end."""

    def test_a_page_that_always_fails_is_named(self, api: Api) -> None:
        with pytest.raises(Unavailable, match=r"tickets: page 2 .*page=2.*: status 500, 5 times"):
            api.export("/a2", NEXT_PAGE)
        assert api.ids == [1, 2]  # kept for the next try, and published by nothing

    def test_a_page_that_fails_twice_is_read_once(self, api: Api) -> None:
        api.export("/a2r", NEXT_PAGE)
        assert api.ids == [1, 2, 3, 4, 5, 6]

    def test_the_next_try_goes_on_from_the_page_reached(self, api: Api) -> None:
        api.manners = replace(api.manners, attempts=2)
        with pytest.raises(Unavailable, match="page 2"):
            api.export("/a2r", NEXT_PAGE)
        exported = api.export("/a2r", NEXT_PAGE)
        assert (api.ids, exported.items) == ([1, 2, 3, 4, 5, 6], 6)
        assert [path for _, path, _ in api.asked].count("/a2r") == 1

    def test_a_body_without_the_list_is_no_empty_page(self, api: Api) -> None:
        with pytest.raises(Refusal, match=r"tickets: page 2 .*no list of items at 'items'.*message, status"):
            api.export("/a2b", NEXT_PAGE)


class TestApi03:
    """Paging that never ends."""

    def test_a_cursor_that_repeats(self, api: Api) -> None:
        with pytest.raises(Refusal, match=r"tickets: page 4 .*cursor or address of the next page repeats"):
            api.export("/a3same", Cursor(kind="cursor", param="cursor", next="cursor"))
        assert len(api.asked) <= 4

    def test_a_flag_says_that_it_was_the_last(self, api: Api) -> None:
        api.export("/a3more", Cursor(kind="cursor", param="cursor", next="cursor", more="has_more"))
        assert (api.ids, len(api.asked)) == ([1, 2, 3], 3)


class TestApi04:
    """Next links: relative, in the header, at another origin."""

    def test_every_form_is_followed(self, api: Api) -> None:
        api.export("/v1/a4?page=1", NextUrl(kind="next_url", next="next"))
        assert api.ids == [1, 2, 3, 4]

    def test_another_origin_is_not_asked(self, api: Api) -> None:
        api.auth = Token("s3cret")
        with pytest.raises(Refusal, match="names a next page at another origin: http://localhost:"):
            api.export("/v1/a4x", NextUrl(kind="next_url", next="next"))
        assert "/steal" not in [path for _, path, _ in api.asked]


def test_api_05_large_numbers(api: Api) -> None:
    api.export("/a5", NEXT_PAGE)
    assert api.ids == [9007199254740993, 9223372036854775807, 9007199254740992, 18446744073709551615]
    assert [item["n"] for item in api.items] == [None, 5, 9007199254740993, -1]
    assert str(api.items[0]["amt"]) == "12345678901234567.89"


def test_api_06_a_token_dies_in_the_middle(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    api.auth = ClientCredentials(f"{api.address}/token", "client", "cl1ent-s3cret")
    api.export("/a6", NEXT_PAGE)
    assert api.ids == list(range(1, 11))
    assert [path for method, path, _ in api.asked if method == "POST"] == ["/token", "/token"]
    assert [path for _, path, status in api.asked if status == 401] == ["/a6?page=4"]
    assert not any(secret in caplog.text for secret in ("tok1", "tok2", "cl1ent-s3cret"))


def test_api_06_a_fresh_token_that_is_refused(api: Api) -> None:
    api.auth = Token("never-good")
    with pytest.raises(Refusal, match=r"refuses the login \(status 401\)"):
        api.export("/a6", NEXT_PAGE)


def test_api_07_rows_move_while_paging(api: Api) -> None:
    exported = api.export("/a7", Offset(kind="offset", limit=2, total="total"))
    assert (api.ids, exported) == ([9, 8, 8, 7, 6, 5], Exported(pages=4, items=6, total=6))
