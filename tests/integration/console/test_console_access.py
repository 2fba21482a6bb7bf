"""Nobody sees a page that Airflow does not let them see."""

from __future__ import annotations

import pytest

from services.browsing import Browse
from services.evidence import Evidence

pytestmark = pytest.mark.integration

PAGES = ("", "/view/plan/plan.1.html", "/files/plan/plan.1.html", "/verify")


def routes() -> list[tuple[str, str]]:
    """Method and path of every route that the console has."""
    from fastapi.routing import APIRoute

    from sunset_console.app import create_app

    found = [route for route in create_app().routes if isinstance(route, APIRoute)]
    return [(method, route.path) for route in found for method in route.methods]


def filled(path: str, run: Evidence) -> str:
    values = {"dag_id": "sunset_shop", "run": run.folder, "path:path": "plan/plan.1.html", "asset": "console.css"}
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, path
    return f"/sunset{path}"


def test_no_route_answers_somebody_without_a_session(run: Evidence, browse: Browse) -> None:
    known = routes()
    assert len(known) >= 9
    for method, path in known:
        answer = browse(None).request(method, filled(path, run), params={"id": run.run_id})
        assert answer.status_code == 401, (method, path)
        assert "Legacy shop" not in answer.text


def test_a_browser_without_a_session_is_led_to_the_login_and_back(run: Evidence, browse: Browse) -> None:
    answer = browse(None).get(f"{run.url}?a=b", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 303
    back_to = f"{run.url}?a=b".replace("/", "%2F").replace("?", "%3F").replace("=", "%3D")
    assert answer.headers["location"] == f"/api/v2/auth/login?next={back_to}"
    assert browse(None).get(answer.headers["location"]).status_code == 307


def test_a_forged_session_is_refused(run: Evidence, browse: Browse) -> None:
    client = browse(None)
    client.cookies.set("_token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.")
    assert client.get(run.url).status_code in (401, 403)


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_of_the_runs_sees_every_page(run: Evidence, browse: Browse, page: str) -> None:
    assert browse().get(f"{run.url}{page}").status_code == 200


def test_a_reader_of_another_dag_sees_neither_the_dossier_nor_its_title(
    run: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    other = Evidence(run.store, "other")
    other.decide(spec={**_spec_of(run), "title": "Another product"})
    readable = {"sunset_other"}
    asked = []

    def allowed(self: SimpleAuthManager, *, method: str, user: object, access_entity: object, details: object) -> bool:
        asked.append((details.id, access_entity.value))
        return details.id in readable

    monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", allowed)
    client = browse()
    refused = [client.get(f"{run.url}{page}") for page in PAGES]
    refused += [client.get(run.dag_url), client.get(f"{run.dag_url}/run?id={run.run_id}")]
    refused += [client.post(f"{run.url}/verify", headers={"sec-fetch-site": "same-origin"})]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert not any("Legacy shop" in answer.text for answer in refused)
    assert client.get(other.url).status_code == 200
    listed = client.get("/sunset/").text
    assert "Another product" in listed
    assert "shop" not in listed.replace("Legacy", "")
    assert {entity for dag_id, entity in asked if dag_id == "sunset_shop"} == {"RUN"}


def test_a_session_without_any_role_sees_nothing(run: Evidence, browse: Browse) -> None:
    client = browse("nobody", role="")
    assert {client.get(url).status_code for url in ("/sunset/", run.dag_url, run.url)} == {403}


def test_a_query_cannot_ask_for_another_dag_than_the_path(
    run: Evidence, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    monkeypatch.setattr(
        SimpleAuthManager, "is_authorized_dag", lambda self, *, details, **_: details.id == "sunset_other"
    )
    assert browse().get(f"{run.url}?dag_id=sunset_other").status_code == 403


def _spec_of(run: Evidence) -> dict:
    decision = run.dossier.latest("decide", "decision")
    assert decision is not None
    return decision["spec"]
