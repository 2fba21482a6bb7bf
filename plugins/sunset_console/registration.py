"""What the plugin tells Airflow. Every Airflow process reads it, so nothing heavy is imported here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.sdk.configuration import conf

from sunset_console.links import PREFIX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from fastapi import FastAPI


class Console:
    """The console as an ASGI application that is built when its first request comes.

    Schedulers, workers and DAG processors load plugins too; they never pay for the web framework.
    """

    def __init__(self) -> None:
        self._app: FastAPI | None = None

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        if self._app is None:
            from sunset_console.app import create_app

            self._app = create_app()
        await self._app(scope, receive, send)


def apps() -> list[dict[str, Any]]:
    """The entries of `fastapi_apps`."""
    return [{"app": Console(), "url_prefix": PREFIX, "name": "Sunset console"}]


def views() -> list[dict[str, Any]]:
    """The entries of `external_views`: the navigation, and a tab on every DAG and on every run."""
    root = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/") + PREFIX
    dag, run = f"{root}/dags/{{DAG_ID}}", f"{root}/dags/{{DAG_ID}}/run?id={{RUN_ID}}"
    shown: list[dict[str, Any]] = [
        {"name": "Sunset", "destination": "nav", "url_route": "sunset", "href": f"{root}/", "nav_top_level": True},
        {"name": "Evidence", "destination": "dag", "url_route": "sunset_dag", "href": dag},
        {"name": "Evidence", "destination": "dag_run", "url_route": "sunset_run", "href": run},
    ]
    return [{**view, "icon": f"{root}/icon.svg"} for view in shown]
