"""Verification on request."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.browsing import Browse
from services.evidence import Evidence

pytestmark = pytest.mark.integration

OWN = {"sec-fetch-site": "same-origin"}


def verify(run: Evidence, browse: Browse) -> str:
    answer = browse().post(f"{run.url}/verify", headers=OWN)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_looking_at_the_page_verifies_nothing(run: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sunset_console.evidence_routes.check", None)
    page = browse().get(f"{run.url}/verify")
    assert page.status_code == 200
    assert "Verify now" in page.text
    assert "4 files" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    ],
)
def test_another_sites_form_is_refused(run: Evidence, browse: Browse, headers: dict[str, str]) -> None:
    assert browse().post(f"{run.url}/verify", headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [OWN, {"origin": "http://testserver"}])
def test_the_consoles_own_form_is_taken(run: Evidence, browse: Browse, headers: dict[str, str]) -> None:
    assert browse().post(f"{run.url}/verify", headers=headers).status_code == 200


def test_a_closed_dossier_holds(run: Evidence, browse: Browse) -> None:
    run.close()
    words = verify(run, browse)
    assert "Everything holds." in words
    assert run.seal("close").digest in words


def test_an_open_dossier_is_told_from_a_broken_one(run: Evidence, browse: Browse) -> None:
    words = verify(run, browse)
    assert "What is sealed holds. The dossier is not closed yet." in words
    assert "not hold." not in words
    run.dossier.record("freeze", "shop", {"position": "0/1"})
    words = verify(run, browse)
    assert "What is sealed holds." in words
    assert "Not sealed yet" in words
    assert "freeze/shop.1.json" in words


def test_without_a_seal_nothing_is_said_to_hold(shelf: Evidence, browse: Browse) -> None:
    shelf.decide()
    words = verify(shelf, browse)
    assert "Nothing is sealed yet." in words
    assert "holds" not in words.replace("0 seals hold", "")


def test_every_kind_of_damage_is_named(run: Evidence, browse: Browse) -> None:
    run.round(1)
    run.close()
    (run.path / "plan" / "plan.1.html").write_text("<h1>Another plan</h1>")
    (run.path / "plan" / "plan.1.json").unlink()
    (run.path / "plan" / "added.1.json").write_text("{}")
    round_file = Path(run.store.root) / "shop" / "rounds" / "0001.json"
    round_file.write_text(round_file.read_text().replace("1633", "1634"))
    words = verify(run, browse)
    assert "4 things do not hold." in words
    assert "plan/plan.1.html does not have the content that was recorded." in words
    assert "plan/plan.1.json is missing." in words
    assert "plan/added.1.json is not recorded." in words
    assert "rounds/0001.json was changed" in words
