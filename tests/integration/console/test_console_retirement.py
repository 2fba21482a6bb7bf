"""The console over the dossier of a real run, as its operators write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from services.browsing import Browse
from services.legacy import fill, shop_spec
from services.retirement import Retirement, connections

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def retirement(pg_server: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retirement]:
    """A run of the shop that waits for its acceptance, after a rehearsal that ended."""
    from services.databases import Databases

    databases = Databases(pg_server.endpoint)  # type: ignore[attr-defined]
    folder = tmp_path_factory.mktemp("console")
    source, target = databases.make("shop"), databases.make("target")
    fill(source)
    spec = shop_spec(folder)
    with (
        connections(folder, shop_db=source, target_db=target, sandbox_db=databases.server),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SUNSET_PRODUCTS", str(folder / "shop.yaml"))
        Retirement(spec, "rehearse", run_id="scheduled__2026-01-01T03:00:00+00:00").run_through("close.verdict")
        run = Retirement(spec, "execute", run_id="manual__2026-01-02T10:00:00+00:00")
        run.run_through("accept.seal")
        yield run
    databases.drop_all()


RUN = "/sunset/dags/sunset_shop/runs/manual__2026-01-02T10-00-00-00-00"
REHEARSAL = "/sunset/dags/sunset_shop/runs/scheduled__2026-01-01T03-00-00-00-00"


def test_the_product(retirement: Retirement, browse: Browse) -> None:
    page = browse().get("/sunset/dags/sunset_shop").text
    assert "2 in a row" in page
    assert f'href="{RUN}"' in page
    assert f'href="{REHEARSAL}"' in page


def test_a_rehearsal_that_ended(retirement: Retirement, browse: Browse) -> None:
    page = browse().get(REHEARSAL).text
    assert "cannot be read" not in page
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Legacy shop: rehearse, held" in words
    assert "Rows copied 1,633" in words
    assert "Checksums equal 7 of 7" in words


def test_a_run_at_its_gate(retirement: Retirement, browse: Browse) -> None:
    page = browse().get(RUN).text
    assert "cannot be read" not in page
    assert retirement.xcom["accept.seal"]["digest"] in page
    assert '<b class="good">Approve</b> by Owner (crm_owner)' in page
    assert "7 of 7 checksums equal" in page
    assert "nothing on record" in page


def test_every_link_of_a_run_leads_somewhere(retirement: Retirement, browse: Browse) -> None:
    client = browse()
    links = set(re.findall(r'href="(/sunset/[^"]+)"', client.get(RUN).text))
    assert len(links) > 40
    for link in sorted(links):
        assert client.get(link).status_code == 200, link


def test_data_docs_lead_to_their_suites(retirement: Retirement, browse: Browse) -> None:
    client = browse()
    index = f"{RUN}/files/validate/shop-validation-documents.1/data_docs/index.html"
    links = re.findall(r'href="([^"]+\.html)"', client.get(index).text)
    assert len(links) >= 7
    for link in links:
        assert client.get(f"{index.rpartition('/')[0]}/{link}").status_code == 200


def test_the_dump_is_listed_and_stays_where_it_is(retirement: Retirement, browse: Browse) -> None:
    manifest = browse().get(f"{RUN}/view/back_up/shop-dump.1.files.json").text
    assert "toc.dat" in manifest
    assert browse().get(f"{RUN}/files/back_up/shop-dump.1/toc.dat").status_code == 404


def test_the_dossier_verifies(retirement: Retirement, browse: Browse) -> None:
    own = {"sec-fetch-site": "same-origin"}
    assert "Everything holds." in browse().post(f"{REHEARSAL}/verify", headers=own).text
    waiting = browse().post(f"{RUN}/verify", headers=own).text
    assert "What is sealed holds. The dossier is not closed yet." in waiting
    assert "Not sealed yet" not in waiting
    assert retirement.xcom["accept.seal"]["digest"] in waiting
