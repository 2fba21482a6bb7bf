"""What the pages say about products and runs, also about those that are damaged or missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.browsing import Browse
from services.evidence import Evidence
from services.legacy import shop_spec

pytestmark = pytest.mark.integration


def plain(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_product_with_a_spec_and_no_run_yet(shelf: Evidence, browse: Browse, tmp_path: Path) -> None:
    shop_spec(tmp_path / "products")
    listed = plain(browse().get("/sunset/").text)
    assert "Legacy shop" in listed
    assert "freeze 2020-01-01 00:00 UTC" in listed
    assert "cutover 2099-01-01 00:00 UTC" in listed
    assert "none yet" in listed
    page = plain(browse().get(shelf.dag_url).text)
    assert "0 in a row , 1 required" in page
    assert "No run yet." in page


def test_a_product_with_a_dossier_and_no_spec(run: Evidence, browse: Browse) -> None:
    run.round(1, "shop.orders: row id=17 changed")
    run.round(2)
    run.close(held=False, gaps=["validate: row id=17 changed"])
    listed = browse().get("/sunset/").text
    assert "Legacy shop" in listed
    assert "did not hold" in listed
    assert "1 in a row" in listed
    assert "Round 1: not clean, 1 differences, 1.0 s." in listed
    page = browse().get(run.dag_url).text
    assert "<svg" in page
    assert "shop.orders: row id=17 changed" in page
    assert f'href="{run.url}"' in page


def test_without_any_product_the_page_says_so(shelf: Evidence, browse: Browse) -> None:
    answer = browse().get("/sunset/")
    assert answer.status_code == 200
    assert "There is no product that you may see" in answer.text


def test_a_tampered_history_hides_no_other_product(run: Evidence, browse: Browse) -> None:
    run.round(1)
    round_file = Path(run.store.root) / "shop" / "rounds" / "0001.json"
    round_file.write_text(round_file.read_text().replace("1633", "1634"))
    other = Evidence(run.store, "other")
    other.decide()
    other.close()
    listed = browse().get("/sunset/").text
    assert "The history of rehearsals was tampered with." in listed
    assert "sunset_other" in listed
    assert "held" in listed
    assert "Not everything can be read." in browse().get(run.dag_url).text


@pytest.mark.parametrize("damage", [{"rows": "many"}, {"seconds": {"run": "long"}}, {"differences": [[]]}])
def test_a_history_of_another_form_hides_no_other_product(run: Evidence, browse: Browse, damage: dict) -> None:
    from sunset.dossier.chain import Chain
    from sunset.dossier.rounds import ROUNDS

    run.round(1)
    chain = Chain(run.store.child("shop"), ROUNDS, lambda body: f"{body['number']:04d}.json")
    (first,) = chain.links()
    chain.append({**first.body, "run_id": "forged", "clean": False, **damage}, [first])
    Evidence(run.store, "other").decide()
    listed = browse().get("/sunset/")
    assert listed.status_code == 200
    assert "A rehearsal is not recorded as Sunset does." in listed.text
    assert "sunset_other" in listed.text
    assert browse().get(run.dag_url).status_code == 200


def test_a_gate_with_a_hostile_name_is_shown_and_leads_nowhere(run: Evidence, browse: Browse) -> None:
    run.seal("../../<script>")
    answer = browse().get(run.url)
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace('<script src="/sunset/console.js" defer>', "")


def test_moments_beyond_the_calendar_are_shown_as_they_are(run: Evidence, browse: Browse) -> None:
    person = {"by": "crm_owner", "at": "0001-01-01T00:00:00+14:00"}
    approval = {"gate": "approve", "answer": "Approve", "people": [person], "seal": "seals/01-approve.json"}
    run.dossier.record("approve", "approval", {**approval, "digest": "0"})
    assert "0001-01-01T00:00:00+14:00" in browse().get(run.url).text


def test_a_run_shows_its_stages_in_order_with_what_each_left(run: Evidence, browse: Browse) -> None:
    statistics = {"tables": 7, "checksums_equal": 6, "evaluated": 35, "passed": 33}
    failed = {"success": False, "differences": [{}, {}], "failures": [{}], "statistics": statistics}
    run.dossier.record("validate", "shop-validation", failed)
    run.dossier.record("assess", "shop", {"findings": [{"severity": "error"}]})
    run.dossier.record("assess", "shop", {"findings": [{"severity": "warning"}, {"severity": "warning"}]})
    for number in range(5):
        run.dossier.record("migrate", f"shop-pack-{number}", {"units": []})
    run.dossier.record("extra", "Kunden & Größen", {})
    html = browse().get(run.url).text
    order = re.findall(r"<h3>(.*?)</h3>", html)
    assert order[:3] == ["decide", "announce", "discover"]
    assert order[-2:] == ["close", "extra"]
    assert len(order) == 17
    words = plain(html)
    assert "failed 2 differences 1 failure 6 of 7 checksums equal 33 of 35 checks passed" in words
    assert "2 × warning earlier: record 1" in words
    assert "1 × error" not in words
    assert "5 × shop-pack-0 and so on" in words
    assert "Kunden &amp; Größen" in html


def test_a_verdict_is_shown_with_its_totals_and_gaps(run: Evidence, browse: Browse) -> None:
    run.close(held=False, gaps=["task validate.shop.compare: failed"], checksums_equal=6, tables=7)
    words = plain(browse().get(run.url).text)
    assert "Legacy shop: execute, did not hold" in words
    assert "What did not hold (1) task validate.shop.compare: failed" in words
    assert "Rows copied 1,633" in words
    assert "Checksums equal 6 of 7" in words
    assert "Files equal" not in words


def test_files_have_their_share_of_a_verdict(run: Evidence, browse: Browse) -> None:
    statistics = {"files": 2310, "files_equal": 2309, "evaluated": 35, "passed": 33}
    run.dossier.record("validate", "letters-validation", {"success": False, "statistics": statistics})
    run.close(held=False, files=2310, files_equal=2309)
    words = plain(browse().get(run.url).text)
    assert "Files equal 2,309 of 2,310" in words
    assert "failed 2,309 of 2,310 files equal 33 of 35 checks passed" in words


def test_a_gate_shows_seal_and_answer(run: Evidence, browse: Browse) -> None:
    seal = run.seal("approve")
    owner = {"by": "crm_owner", "name": "Owner", "comment": "Go ahead.", "at": "2026-01-02 11:00:00+00:00"}
    steward = {**owner, "by": "steward", "comment": "", "new_risks": [{"risk": "A feed nobody listed"}]}
    approval = {"gate": "approve", "answer": "Approve", "people": [owner, steward]}
    record = {**approval, "seal": seal.path, "digest": seal.digest}
    run.dossier.record("approve", "approval", record)
    words = plain(browse().get(run.url).text)
    assert f"digest {seal.digest}" in words
    assert "On record: Approve by Owner (crm_owner), 2026-01-02 11:00 UTC : Go ahead." in words
    assert "by Owner (steward), 2026-01-02 11:00 UTC New risk: A feed nobody listed" in words
    run.dossier.record("approve", "approval", {**record, "digest": "0" * 64})
    assert "for a digest that no seal of this gate has" in plain(browse().get(run.url).text)


def test_a_broken_seal_is_named(run: Evidence, browse: Browse) -> None:
    seal = run.path / "seals" / "01-approve.json"
    seal.write_text(seal.read_text().replace("approve", "approvE"))
    words = plain(browse().get(run.url).text)
    assert "The seals of this dossier do not hold." in words
    assert "seals/01-approve.json: was changed" in words


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[" * 100_000, b'{"run_id": 1}', b"\xff"])
def test_damaged_records_are_named_and_hide_nothing(run: Evidence, browse: Browse, content: bytes) -> None:
    run.close()
    (run.path / "decide" / "decision.1.json").write_bytes(content)
    (run.path / "close" / "verdict.1.json").write_bytes(content)
    for url in ("/sunset/", run.dag_url, run.url):
        answer = browse().get(url)
        assert answer.status_code == 200, answer.text
    html = browse().get(run.url).text
    assert "decide/decision.1.json" in html
    assert "close/verdict.1.json" in html
    assert "cannot be read" in html
    assert run.view("plan/plan.1.html") in html


def test_other_dags_get_a_polite_answer(run: Evidence, browse: Browse) -> None:
    for dag_id in ("example_bash", "sunset_watch"):
        answer = browse().get(f"/sunset/dags/{dag_id}")
        assert answer.status_code == 404
        assert "This DAG retires no product" in answer.text
    missing = browse().get(f"{run.dag_url}/run?id=manual__2027-01-01T00:00:00+00:00", follow_redirects=True)
    assert missing.status_code == 404
    assert "This run has left no evidence, or not yet." in missing.text


def test_pages_ask_no_other_host_and_hold_no_inline_script(run: Evidence, browse: Browse) -> None:
    run.round(1)
    for url in ("/sunset/", run.dag_url, run.url, f"{run.url}/verify", run.view("plan/plan.1.json")):
        html = browse().get(url).text
        assert not re.search(r'(src|href|action)="(https?:)?//', html)
        assert re.findall(r"<script[^>]*>", html) == ['<script src="/sunset/console.js" defer>']
        assert " style=" not in html
        assert '<html lang="en">' in html
