"""Who may see what: Airflow's own answers. A product's dossier is as readable as the runs of its DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag, requires_access_view
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException, Request, status

from sunset_console.links import DAG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

User = GetUserDep
SEES_THE_WEBSITE = Depends(requires_access_view(AccessView.WEBSITE))
READS_THE_RUNS = Depends(requires_access_dag("GET", DagAccessEntity.RUN))


def readable(products: Iterable[str], user: User) -> tuple[str, ...]:
    """The products the runs of whose DAGs a user may read, sorted."""
    dags = {f"{DAG_PREFIX}{product}": product for product in products}
    teams = DagModel.get_dag_id_to_team_name_mapping([*dags])
    allowed = [dag_id for dag_id in dags if _reads(user, DagDetails(id=dag_id, team_name=teams.get(dag_id)))]
    return tuple(sorted(dags[dag_id] for dag_id in allowed))


def may_see_questions(dag_id: str, user: User) -> bool:
    """Whether a user may read what the people at the gates of a DAG are asked."""
    details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id))
    return _reads(user, details, DagAccessEntity.HITL_DETAIL)


def require_same_origin(request: Request) -> None:
    """Refuse a form that another site sent.

    Raises:
        HTTPException: 403.
    """
    sent_from = request.headers.get("sec-fetch-site")
    if sent_from is None:  # browsers say it over HTTPS and on loopback only
        origin = urlsplit(request.headers.get("origin", "")).netloc
        sent_from = "same-origin" if origin == request.headers.get("host") else "cross-site"
    if sent_from != "same-origin":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "This form was sent from another site.")


def _reads(user: User, details: DagDetails, entity: DagAccessEntity = DagAccessEntity.RUN) -> bool:
    return get_auth_manager().is_authorized_dag(method="GET", access_entity=entity, details=details, user=user)
