"""Somebody who looks at pages that Airflow serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient


@dataclass(frozen=True, slots=True)
class Browse:
    """`browse()` is a reader with a session, `browse(None)` somebody without one."""

    app: FastAPI

    def __call__(self, user: str | None = "reader", role: str = "viewer") -> TestClient:
        from airflow.api_fastapi.app import get_auth_manager
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
        from fastapi.testclient import TestClient

        client = TestClient(self.app, follow_redirects=False)
        if user is not None:
            token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=user, role=role))
            client.cookies.set("_token", token)
        return client
