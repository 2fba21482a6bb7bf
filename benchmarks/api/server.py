"""An API of 200,000 tickets in 1,000 pages, in a process of its own: python -m benchmarks.api.server PORT DELAY.

Pages are made once and given out from memory, each after DELAY seconds, so that the client is measured and not this.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGES = int(os.environ.get("BENCH_PAGES", "1000"))
SIZE = 200


@cache
def page(number: int) -> bytes:
    """The body of a page; the one after the last has no items."""
    numbers = range((number - 1) * SIZE + 1, number * SIZE + 1) if number <= PAGES else ()
    return json.dumps({"data": [ticket(each) for each in numbers], "total": PAGES * SIZE}).encode()


def ticket(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "subject": f"Ticket {number}: the printer on floor {number % 40} is out of paper",
        "body": "It has been so since this morning. Please help.\n" * (1 + number % 5),
        "state": ("open", "pending", "closed")[number % 3],
        "priority": number % 5,
        "open": number % 3 == 0,
        "cost": number / 100,
        "created_at": f"2025-{1 + number % 12:02}-{1 + number % 28:02}T08:30:00Z",
        "closed_at": None if number % 3 else f"2026-01-{1 + number % 28:02}T17:00:00Z",
        "requester_id": 9007199254740993 + number % 500,
    }


class Handler(BaseHTTPRequestHandler):
    """Answers any path with the page that the query names."""

    protocol_version = "HTTP/1.1"
    delay = 0.0
    wbufsize = -1  # head and body in one piece

    def do_GET(self) -> None:
        time.sleep(self.delay)
        body = page(int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def main() -> None:
    port, Handler.delay = int(sys.argv[1]), float(sys.argv[2])
    for number in range(1, PAGES + 2):
        page(number)
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
