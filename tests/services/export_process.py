"""Exports a collection in a process of its own, to be killed: `python -m services.export_process ADDRESS FOLDER`."""

from __future__ import annotations

import sys

from services.memory import peak
from sunset.api.client import Manners
from sunset.api.export import Collection
from sunset.api.exports import Exports
from sunset.api.session import ApiLogin, open_client
from sunset.dossier.store import open_store
from sunset.spec.pagination import PageNumber

if __name__ == "__main__":
    address, folder = sys.argv[1:]
    collection = Collection("tickets", f"{address}/t", "items", "id", PageNumber(kind="page", param="page"))
    print("begun", flush=True)
    with open_client(ApiLogin(address), Manners(attempts=2)) as client:
        Exports(open_store(folder), collection).take(client, lambda _: None)
    print(peak())
