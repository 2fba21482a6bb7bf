"""`python -m demo.services.ticket_api`: the API of the CRM's support portal, with the moods of a real one.

Pages follow by cursor, a token is asked for, and whoever reads the collection through is refused once for asking too
often (429) and meets one error of the server (500) on the way.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import os
import secrets
from dataclasses import dataclass, field
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Query

from demo.crm.tickets import tickets

TOKEN = "DEMO_TICKET_TOKEN"  # noqa: S105  the name, not the token
"""Environment variable that holds the token."""

PAGE = 100


@dataclass(slots=True)
class Moods:
    """What goes wrong on the way through the collection: once each, whenever somebody begins at its beginning."""

    due: dict[int, HTTPException] = field(default_factory=dict)

    def meet(self, start: int) -> None:
        """Fail, if something is due where this page starts.

        Raises:
            HTTPException: 429 or 500.
        """
        if start == 0:
            self.due[len(tickets()) // 3 // PAGE * PAGE] = HTTPException(429, "slow down", {"Retry-After": "1"})
            self.due[len(tickets()) * 2 // 3 // PAGE * PAGE] = HTTPException(500, "the portal has a hiccup")
        if failure := self.due.pop(start, None):
            raise failure


def build(token: str) -> FastAPI:
    """The API, for whoever has the token."""
    api, moods = FastAPI(title="Support portal of the legacy CRM"), Moods()

    @api.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "well"}

    @api.get("/v1/tickets")
    async def page(
        authorization: Annotated[str, Header()] = "",
        after: str = "",
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> dict[str, Any]:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "no valid token")
        start = _start(after)
        moods.meet(start)
        found, end = tickets()[start : start + limit], start + limit
        following = _cursor(end) if end < len(tickets()) else None
        return {"data": found, "meta": {"next": following, "total": len(tickets())}}

    return api


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"t:{start}".encode()).decode()


def _start(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("t:")) if cursor else 0
    except (ValueError, binascii.Error):
        raise HTTPException(400, "no such cursor") from None


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    uvicorn.run(build(os.environ[TOKEN]), host=args.host, port=args.port, log_level="info")


if __name__ == "__main__":
    main()
