"""An S3 store on loopback."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Address and keys of a running S3 store."""

    url: str
    access_key: str
    secret_key: str = field(repr=False)


@contextmanager
def moto_store() -> Iterator[ObjectStore]:
    """moto's S3 server on a free port, in a thread of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield ObjectStore(f"http://{host}:{port}", "test-access-key", "test-secret-key")
    finally:
        server.stop()
